"""The property asks the queue before it is read."""

import multiprocessing


def call(queue, function):
    value = function()
    if value is not None:
        queue.put(value)


class Task:
    def __init__(self, function):
        self.queue = multiprocessing.Queue(1)
        self.process = multiprocessing.Process(target=call, args=(self.queue, function))
        self.process.start()

    @property
    def ready(self):
        return self.queue.full() and not self.queue.empty()

    @property
    def value(self):
        if self.ready is True:
            return self.queue.get()
        return None
