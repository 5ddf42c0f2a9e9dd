from multiprocessing import Pool as ProcessPool
from multiprocessing.pool import ThreadPool


def square(value):
    return value**2


def sweep(values, workers=4):
    with ProcessPool(processes=workers) as pool:
        return pool.map(square, values)


def sweep_in_threads(values, workers=4):
    with ThreadPool(processes=workers) as pool:
        return pool.map(lambda value: value**2, values)


def sweep_later(values, workers=4):
    pool = ProcessPool(workers)
    results = pool.map(square, values)
    pool.close()
    pool.join()
    return results
