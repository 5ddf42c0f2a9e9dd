"""All objects of the class are work, and none of them ends the loop."""

import multiprocessing as mp


class Task:
    def __init__(self, number):
        self.number = number


def consume(tasks):
    while True:
        task = tasks.get()  # MP402
        print(task.number, flush=True)


def main(items):
    tasks = mp.Queue()
    worker = mp.Process(target=consume, args=(tasks,))
    worker.start()
    for item in items:
        tasks.put(Task(item))
    worker.join()  # MP408


if __name__ == "__main__":
    main([1, 2, 3])
