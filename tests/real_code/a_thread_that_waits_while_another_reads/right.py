"""A thread waits for the workers while the iterator reads what they put."""

import multiprocessing as mp
from threading import Thread


class Worker(mp.Process):
    def __init__(self, tasks, results):
        super().__init__()
        self.tasks = tasks
        self.results = results

    def run(self):
        while True:
            item = self.tasks.get(timeout=60)
            if item is StopIteration:
                break
            self.results.put(item)


class Map(Thread):
    def __init__(self, items, count, results=None):
        super().__init__()
        self.items = items
        self.tasks = mp.Queue(count * 2)
        self.results = results or mp.Queue()
        self.workers = [Worker(self.tasks, self.results) for _ in range(count)]

    def start(self):
        for worker in self.workers:
            worker.start()
        super().start()

    def run(self):
        for item in self.items:
            self.tasks.put(item)
        for _ in self.workers:
            self.tasks.put(StopIteration)
        for worker in self.workers:
            worker.join()
        self.results.put(StopIteration)

    def __iter__(self):
        self.start()
        while True:
            item = self.results.get()
            if item is StopIteration:
                break
            yield item


def by_function(workers, results):
    waiter = Thread(target=wait_for, args=(workers, results))
    waiter.start()
    while True:
        item = results.get()
        if item is None:
            break
        print(item)
    waiter.join()


def wait_for(workers, results):
    for worker in workers:
        worker.join(60)
    results.put(None)


def main():
    for item in Map([1, 2, 3], 2):
        print(item)


if __name__ == "__main__":
    main()
