import multiprocessing as mp


def handle(job):
    handle.results.put((job, job * job))
    with handle.total.get_lock():
        handle.total.value += job


def init(results, total):
    handle.results = results
    handle.total = total


def run(jobs):
    results = mp.Queue()
    total = mp.Value("i", 0)
    with mp.Pool(2, init, [results, total]) as pool:
        pending = pool.map_async(handle, jobs)
        collected = [results.get(timeout=10) for _ in jobs]
        pending.wait(timeout=10)
    return collected
