"""How many arguments a task gets is known only to whoever gives the columns."""

from concurrent.futures import ProcessPoolExecutor


class Executor:
    def run(self, columns, **options):
        return in_parallel(self.work, columns, workers=2, **options)

    @classmethod
    def work(cls, data):
        return data + 1


def in_parallel(function, *columns, workers=None, **options):
    if not columns:
        return []
    with ProcessPoolExecutor(max_workers=workers) as executor:
        return submit_all(executor, function, *columns, **options)


def submit_all(executor, function, *columns, **options):
    futures = [executor.submit(function, *row) for row in zip(*columns)]
    return [future.result(timeout=60) for future in futures]

