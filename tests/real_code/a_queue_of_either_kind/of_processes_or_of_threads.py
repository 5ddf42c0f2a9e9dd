"""One class for workers that are processes or threads, with the queue that fits them."""

import multiprocessing as mp
import queue
import threading


def work(results):
    results.put(1)


class Supervisor:
    def __init__(self, kind):
        self.results = mp.Queue() if kind == "process" else queue.Queue()
        self.kind = kind

    def start(self):
        if self.kind == "process":
            worker = mp.Process(target=work, args=(self.results,))
        else:
            worker = threading.Thread(target=work, args=(self.results,))
        worker.start()
        print(self.results.get(timeout=20))
        worker.join(timeout=20)


if __name__ == "__main__":
    Supervisor("process").start()
