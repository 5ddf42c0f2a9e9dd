import multiprocessing


def main(path, values):
    ctx = multiprocessing.get_context("fork")
    with ctx.Pool(2) as pool, open(path) as handle:
        pool.map(lambda value: value + 1, values)  # MP101
        pool.apply(len, (handle,))  # MP102
    forked = ctx.Process(target=lambda: print("forked", flush=True))
    spawned = multiprocessing.get_context("spawn").Process(target=lambda: print("spawned", flush=True))  # MP101
    for process in (forked, spawned):
        process.start()
        process.join(timeout=5)
