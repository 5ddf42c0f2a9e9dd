"""One of them has ended, or has been asked and still runs."""

import multiprocessing as mp


def count(tasks, results):
    results.put(tasks.get() + 1)  # MP402


def collect(workers):
    tasks, results = mp.Queue(), mp.Queue()
    processes = [mp.Process(target=count, args=(tasks, results)) for _ in range(workers)]
    for process in processes:
        process.start()
    while not any(process.exitcode for process in processes):
        print(results.get(timeout=1))
    for process in processes:
        process.join()  # MP201


class Crew:
    def __init__(self, size):
        self.tasks = mp.Queue()
        self.workers = []
        for _ in range(size):
            worker = mp.Process(target=count, args=(self.tasks, mp.Queue()))
            self.workers.append(worker)
            worker.start()

    def tidy(self):
        for at in range(len(self.workers) - 1, -1, -1):
            worker = self.workers[at]
            if worker.exitcode is None:
                worker.join()  # MP201
