"""Workers that look for work every second and are never told that there is none left."""

import multiprocessing as mp
import queue


class Crawler:
    def __init__(self, count):
        self.todo = mp.JoinableQueue()
        self.found = mp.Queue()
        self.count = count

    def work(self):
        while True:
            try:
                page = self.todo.get(timeout=1)
            except queue.Empty:
                continue
            self.found.put(len(page))
            self.todo.task_done()

    def run(self, pages):
        workers = [mp.Process(target=self.work) for _ in range(self.count)]
        for worker in workers:
            worker.start()
        for page in pages:
            self.todo.put(page)
        self.todo.join()
        lengths = [self.found.get(timeout=10) for _ in pages]
        for worker in workers:
            worker.join()  # MP408
        return lengths


if __name__ == "__main__":
    print(Crawler(2).run(["a", "bb"]))
