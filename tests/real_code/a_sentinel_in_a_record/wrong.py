"""Only what is drawn is sent, and nothing that says it was the last."""

import multiprocessing as mp
from collections import namedtuple

Message = namedtuple("Message", "op args")


def draw(queue):
    while True:
        message = queue.get()  # MP402
        if message.op == "stop":
            break


def main(what):
    queue = mp.Queue()
    process = mp.Process(target=draw, args=(queue,))
    process.start()
    queue.put(Message("draw", what))
    process.join()  # MP201
