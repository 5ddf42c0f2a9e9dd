import multiprocessing
import multiprocessing.dummy


def run(values, in_threads=False):
    with multiprocessing.dummy.Pool(2) as pool:
        first = pool.map(lambda value: value + 1, values)
    with multiprocessing.Pool(2) as pool:
        second = pool.map(lambda value: value + 1, values)  # MP101
    return first, second
