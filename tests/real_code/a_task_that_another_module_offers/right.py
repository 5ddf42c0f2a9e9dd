import time
from concurrent.futures import ProcessPoolExecutor

from utils import noop


class TaskPool:
    def __init__(self, size):
        self.executor = ProcessPoolExecutor(size)

    def warm_up(self):
        self.executor.submit(noop)
        self.executor.submit(time.sleep, 0.1)

    def apply(self, task):
        self.executor.submit(task)
