try:
    import multiprocessing
except ImportError:
    multiprocessing = None


def run(jobs):
    if multiprocessing is None:
        return [job() for job in jobs]
    pool = multiprocessing.Pool()  # MP301
    return pool.map(lambda job: job(), jobs)  # MP101


def close_and_run(jobs):
    if multiprocessing is None:
        return [job() for job in jobs]
    with multiprocessing.Pool() as pool:
        return pool.map(call, jobs)


def call(job):
    return job()
