import os
from concurrent.futures import ProcessPoolExecutor


def compress(path):
    os.rename(path, path + ".gz")


class TaskPool:
    def __init__(self, size):
        self.executor = ProcessPoolExecutor(size)

    def remove(self, path):
        self.executor.submit(os.remove, path)  # MP304

    def compress(self, path):
        self.executor.submit(compress, path)  # MP304
