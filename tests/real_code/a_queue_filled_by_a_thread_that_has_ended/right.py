"""A thread class that puts what its target gives, or keeps why it gave nothing."""

from multiprocessing import Queue
from threading import Thread


class Background(Thread):
    def __init__(self, target=None, args=(), kwargs=None):
        self._queue = Queue()
        self._error = None

        def keep(*args, **kwargs):
            try:
                self._queue.put(target(*args, **kwargs))
            except BaseException as error:
                self._error = error
                raise

        Thread.__init__(self, None, keep, None, args, kwargs or {})

    def join(self):
        Thread.join(self)
        if self._error is not None:
            raise RuntimeError(str(self)) from self._error
        return self._queue.get()

    get = join
