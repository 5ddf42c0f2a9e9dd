"""The queue is one of threads whatever the worker is."""

import multiprocessing as mp
import queue


def work(results):
    results.put(1)


class Supervisor:
    def __init__(self):
        self.results = queue.Queue()

    def start(self):
        worker = mp.Process(target=work, args=(self.results,))  # MP404
        worker.start()
        print(self.results.get(timeout=20))
        worker.join(timeout=20)


if __name__ == "__main__":
    Supervisor().start()
