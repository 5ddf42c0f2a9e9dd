"""What is made under a condition is used and ended under the same one, however often it is asked."""

import threading
import time
from multiprocessing import Lock, Process, Queue


class ReadersAndWriters:
    def __init__(self):
        self.writers = Lock()
        self.writing = False

    def begin_writing(self):
        self.writers.acquire()
        self.writing = True

    def end_writing(self):
        self.writing = False
        self.writers.release()


class Memory:
    def __init__(self):
        self.guard = ReadersAndWriters()
        self.items = []

    def remove_first(self, lock=True):
        if lock:
            self.guard.begin_writing()
        self.items = self.items[1:]
        if lock:
            self.guard.end_writing()

    def clean(self, lock=True):
        if lock:
            self.guard.begin_writing()
        self.items = []
        if lock:
            self.guard.end_writing()


def copy_rows(number, folder):
    time.sleep(0.01)


class Backup:
    """Either threads or processes, as the object was told when it was made."""

    def __init__(self, workers, use_threading):
        self.workers = workers
        self.use_threading = use_threading
        self.processes = []

    def run(self, folder):
        for number in range(self.workers):
            if self.use_threading:
                thread = threading.Thread(target=copy_rows, args=(number, folder), daemon=True)
                thread.start()
            else:
                process = Process(target=copy_rows, args=(number, folder))
                process.start()
                self.processes.append(process)
        for process in self.processes:
            process.join(30)

    def restore(self, folder):
        for number in range(self.workers):
            if self.use_threading:
                thread = threading.Thread(target=copy_rows, args=(number, folder), daemon=True)
                thread.start()
            else:
                process = Process(target=copy_rows, args=(number, folder))
                process.start()
                self.processes.append(process)
        for process in self.processes:
            process.join(30)


def watch(results, stop):
    while not stop.is_set():
        time.sleep(0.01)


def count(mode, results):
    """The thread is only there where no process is forked."""
    stop = threading.Event()
    if mode == "threads":
        threading.Thread(target=watch, args=(results, stop)).start()
    total = sum(range(100))
    if mode != "threads":
        worker = Process(target=copy_rows, args=(total, "."))
        worker.start()
        worker.join(30)
    stop.set()
    return total


def several(parts, parallel):
    results = Queue()
    if parallel:
        workers = [Process(target=copy_rows, args=(part, ".")) for part in parts]
        for worker in workers:
            worker.start()
    for part in parts:
        results.put(part)
    if parallel:
        for worker in workers:
            worker.join(30)
    return [results.get(timeout=5) for _ in parts]
