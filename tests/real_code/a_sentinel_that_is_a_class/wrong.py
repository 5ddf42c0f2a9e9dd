"""One end for many readers."""

import multiprocessing as mp


class End:
    pass


def work(items, results):
    while (item := items.get()) is not End:  # MP402
        results.put(item)
    results.put(End)


class Crew:
    def __init__(self, size):
        self.items, self.results = mp.SimpleQueue(), mp.SimpleQueue()
        self.processes = [mp.Process(target=work, args=(self.items, self.results)) for _ in range(size)]

    def start(self):
        for process in self.processes:
            process.start()

    def submit(self, item):
        self.items.put(item)

    def close(self):
        self.items.put(End)
        for process in self.processes:
            process.join()  # MP201
