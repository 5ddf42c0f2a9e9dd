"""Whoever has learned that a process has ended need not wait for it, and finds all that it has put."""

import multiprocessing as mp
import queue
import unittest


def count(tasks, results):
    while True:
        results.put(tasks.get() + 1)


def collect(tasks, workers):
    results = mp.Queue()
    processes = [mp.Process(target=count, args=(tasks, results)) for _ in range(workers)]
    for process in processes:
        process.start()
    found = []
    while any(process.is_alive() for process in processes):
        try:
            found.append(results.get(timeout=0.1))
        except queue.Empty:
            continue
    while not results.empty():
        found.append(results.get(block=False))
    for process in processes:
        process.join()
    return found


class Crew:
    def __init__(self, tasks, results, size):
        self.workers = []
        for _ in range(size):
            worker = mp.Process(target=count, args=(tasks, results), daemon=True)
            self.workers.append(worker)
            worker.start()

    def tidy(self):
        for at in range(len(self.workers) - 1, -1, -1):
            worker = self.workers[at]
            if worker.exitcode is not None:
                worker.join()
                del self.workers[at], worker

    def halt(self):
        for worker in self.workers:
            if worker.exitcode is None:
                worker.terminate()
        for worker in self.workers:
            if worker.is_alive():
                worker.join()


class TestCount(unittest.TestCase):
    def setUp(self):
        self.process = mp.Process(target=count, args=(mp.Queue(), mp.Queue()), daemon=True)
        self.process.start()

    def test_end(self):
        self.assertFalse(self.process.is_alive())
        self.process.join()

    def test_exit_code(self):
        self.assertEqual(self.process.exitcode, 0)
        self.process.join()

    def test_any_exit_code(self):
        self.assertIsNotNone(self.process.exitcode)
        self.process.join()
