"""The file is opened before the process starts, by the parent."""

import contextlib
import multiprocessing
import threading


@contextlib.contextmanager
def opened(path):
    with open(path, "ab") as file:
        yield file


class Receiver:
    def __init__(self, path):
        self.path = path
        self.process = multiprocessing.Process(target=self.run)  # MP104
        self.out = None

    def start(self):
        self.out = open(self.path, "ab")
        self.process.start()

    def run(self):
        self.thread = threading.Thread(target=print)
        self.thread.start()
        with opened(self.path) as out:
            self.out = out
            self.out.write(b"ready")

    def stop(self):
        self.process.join(3)
