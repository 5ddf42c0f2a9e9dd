try:
    import billiard as mp
except ImportError:
    import multiprocessing as mp

try:
    from concurrent import futures
except ImportError:
    futures = None

has_futures = futures is not None


def resize(paths):
    if has_futures:
        with futures.ProcessPoolExecutor() as executor:
            return list(executor.map(one, paths))
    with mp.Pool(4) as pool:
        return pool.map(one, paths)


def resize_badly(paths, size):
    if has_futures:
        with futures.ProcessPoolExecutor() as executor:
            return list(executor.map(lambda path: (path, size), paths))  # MP101
    worker = mp.Process(target=one(paths[0]))  # MP106
    worker.start()
    worker.join(timeout=1)


def one(path):
    return f"{path}.small"
