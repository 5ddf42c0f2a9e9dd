"""Nobody marks the end of what the worker takes."""

import multiprocessing as mp


def work(tasks):
    while True:
        task = tasks.get()  # MP402
        if task is None:
            break
        print(task, flush=True)


def main(numbers):
    tasks = mp.Queue()
    worker = mp.Process(target=work, args=(tasks,))
    worker.start()
    for number in numbers:
        tasks.put([number])
    worker.join()  # MP201
