"""The thread puts nothing: what may ever be put is not known."""

from multiprocessing import Queue
from threading import Thread


class Background(Thread):
    def __init__(self, target=None, args=(), kwargs=None):
        self._queue = Queue()

        def keep(*args, **kwargs):
            target(*args, **kwargs)

        Thread.__init__(self, None, keep, None, args, kwargs or {})

    def join(self):
        Thread.join(self)
        return self._queue.get()  # MP402
