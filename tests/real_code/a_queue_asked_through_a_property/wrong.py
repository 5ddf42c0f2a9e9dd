"""Nobody asks the queue, and not every way puts something into it."""

import multiprocessing


def call(queue, function):
    value = function()
    if value is not None:
        queue.put(value)


def run(function):
    queue = multiprocessing.Queue(1)
    process = multiprocessing.Process(target=call, args=(queue, function))
    process.start()
    value = queue.get()  # MP402
    process.join(5)
    return value
