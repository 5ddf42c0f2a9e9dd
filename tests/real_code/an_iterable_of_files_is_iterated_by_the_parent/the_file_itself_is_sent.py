import multiprocessing as mp


def parse(handle):
    return handle.read()


def run(path):
    with open(path) as handle, mp.Pool(4) as pool:
        pool.map(parse, [handle])  # MP102
        pool.apply_async(parse, (handle,)).get(timeout=1)  # MP102
        pool.map(parse, [open(name) for name in ("a", "b")])  # MP102
        pool.map(sum, [(number for number in range(3))])  # MP102
        return pool.map(len, handle)
