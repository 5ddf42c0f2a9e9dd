"""What is sent last is a named tuple of constants."""

import multiprocessing as mp
from collections import namedtuple
from enum import Enum, auto

Message = namedtuple("Message", ["op", "args"])


class Op(Enum):
    DRAW = 0
    STOP = auto()


class Plotter:
    def __init__(self):
        self._queue = mp.Queue()
        self._process = mp.Process(target=self._draw)
        self._process.start()

    def _draw(self):
        while True:
            message = self._queue.get()
            if message.op == Op.STOP:
                break
            print(message.args, flush=True)

    def draw(self, what):
        self._queue.put(Message(op=Op.DRAW, args=what))

    def close(self):
        self._queue.put(Message(op=Op.STOP, args=None))
        self._process.join()


if __name__ == "__main__":
    plotter = Plotter()
    plotter.draw(1)
    plotter.close()
