"""The loop waits for the queue; `is_alive()` only says whether there is something to end."""

import multiprocessing
import time


def call(queue, function):
    queue.put(function())


class Timeout:
    def __init__(self, function, limit):
        self.function = function
        self.limit = limit

    def __call__(self):
        self.queue = multiprocessing.Queue(1)
        self.process = multiprocessing.Process(target=call, args=(self.queue, self.function))
        self.process.start()
        self.deadline = time.time() + self.limit
        while not self.ready:
            time.sleep(0.01)
        return self.queue.get(timeout=1)

    def cancel(self):
        if self.process.is_alive():
            self.process.terminate()
        raise TimeoutError

    @property
    def ready(self):
        if time.time() > self.deadline:
            self.cancel()
        return self.queue.full()
