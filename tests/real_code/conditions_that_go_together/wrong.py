"""Conditions that look alike and are not: a way out between them, another flag, or one that has changed since."""

import threading
import time
from multiprocessing import Lock, Process


class Memory:
    def __init__(self):
        self.writers = Lock()
        self.items = []

    def remove_first(self, lock=True):
        if lock:
            self.writers.acquire()  # MP501
        if not self.items:
            return
        self.items = self.items[1:]
        if lock:
            self.writers.release()


def copy_rows(number, folder):
    time.sleep(0.01)


class Backup:
    def __init__(self, workers, with_thread, with_process):
        self.workers = workers
        self.with_thread = with_thread
        self.with_process = with_process
        self.processes = []

    def run(self, folder):
        for number in range(self.workers):
            if self.with_thread:
                thread = threading.Thread(target=copy_rows, args=(number, folder), daemon=True)
                thread.start()
            if self.with_process:
                process = Process(target=copy_rows, args=(number, folder))
                process.start()  # MP701
                self.processes.append(process)
        for process in self.processes:
            process.join(30)


class Changing:
    """The first round starts a thread, the next ones fork."""

    def __init__(self):
        self.first = True
        self.processes = []

    def run(self, folder):
        for number in range(4):
            if self.first:
                thread = threading.Thread(target=copy_rows, args=(number, folder), daemon=True)
                thread.start()
                self.first = False
            else:
                process = Process(target=copy_rows, args=(number, folder))
                process.start()  # MP701
                self.processes.append(process)
        for process in self.processes:
            process.join(30)


if __name__ == "__main__":
    memory = Memory()
    memory.remove_first()
    memory.remove_first(lock=False)
