"""Nothing ends the loop: `close` joins what waits for a message that never comes."""

from multiprocessing import Process, Queue


class Plotter:
    def __init__(self):
        self._process = None
        self._queue = None

    def _draw(self):
        while True:
            message = self._queue.get()  # MP402
            if message is None:
                break
            print(message, flush=True)

    def _prepare(self):
        self._queue = Queue()
        self._process = Process(target=self._draw)
        self._process.start()

    def draw(self, what):
        if not self._process:
            self._prepare()
        self._queue.put(what)

    def close(self):
        if self._process:
            pass
            self._process.join()  # MP201
