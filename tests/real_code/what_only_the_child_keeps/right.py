"""The method that the process runs keeps a file and a thread on its object: that of the child."""

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
        self.process = multiprocessing.Process(target=self.run)
        self.out = None

    def start(self):
        self.process.start()

    def run(self):
        self.thread = threading.Thread(target=print)
        self.thread.start()
        with opened(self.path) as out:
            self.out = out
            self.out.write(b"ready")

    def stop(self):
        self.process.join(3)
