"""Where `Pool()` does not raise there is a pool, and nobody closes it."""

import multiprocessing


def run(function, items):
    try:
        pool = multiprocessing.Pool(2)  # MP301
    except OSError:
        return None
    return pool.map(function, items)
