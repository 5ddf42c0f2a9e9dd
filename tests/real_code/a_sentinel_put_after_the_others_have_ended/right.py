"""The writer is told to end when all who put have ended."""

import multiprocessing as mp


def work(tasks, lines):
    while True:
        task = tasks.get(timeout=60)
        if task is None:
            break
        lines.put((task, [task]))


def write(lines):
    while True:
        task, line = lines.get()
        if task is None:
            break
        print(task, line, flush=True)


def main(numbers, count):
    tasks, lines = mp.Queue(), mp.Queue()
    for number in numbers:
        tasks.put(number)
    for _ in range(count):
        tasks.put(None)
    workers = [mp.Process(target=work, args=(tasks, lines)) for _ in range(count)]
    writer = mp.Process(target=write, args=(lines,))
    for worker in workers:
        worker.start()
    writer.start()
    for worker in workers:
        worker.join()
    lines.put((None, None))
    writer.join()
