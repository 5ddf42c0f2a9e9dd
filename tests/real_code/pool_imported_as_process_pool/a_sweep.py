from multiprocessing import Pool as ProcessPool


def sweep(values, workers=4):
    with ProcessPool(processes=workers) as pool:
        return pool.map(lambda value: value**2, values)  # MP101


def sweep_later(values, workers=4):
    pool = ProcessPool(workers)
    results = pool.map(abs, values)
    pool.join()  # MP302
    return results
