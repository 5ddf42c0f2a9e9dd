import concurrent.futures


class Downloader:
    def __init__(self, executor: concurrent.futures.Executor, limit=10):
        self.executor = executor
        self.limit = limit

    def run(self, urls):
        futures = [self.executor.submit(lambda: url) for url in urls]
        return [future.result(timeout=10) for future in concurrent.futures.as_completed(futures)]


def gather(executor, handle, urls):
    def visit(url):
        return handle, url

    return list(executor.map(visit, urls))


def choose(name, size):
    from importlib import import_module

    factory = getattr(import_module("executors"), name)
    with factory(size) as executor:
        executor.submit(lambda: size)


def run_all(jobs, pool=None):
    if pool is None:
        return [job() for job in jobs]
    return pool.map(lambda job: job(), jobs)
