"""The loop waits for the process, which waits for somebody to read."""

import multiprocessing
import time


def call(queue, function):
    queue.put(function())


def run(function):
    queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=call, args=(queue, function))
    process.start()
    while process.is_alive():  # MP401
        time.sleep(0.01)
    return queue.get()
