"""Whether there is a limit is all that decides, and the context forks in any case."""

import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass


@dataclass
class Settings:
    workers: int = 2
    recycle_after: int = 20


def executor_of(settings):
    options = dict(max_workers=settings.workers, mp_context=mp.get_context("fork"))
    if settings.recycle_after:
        options["max_tasks_per_child"] = settings.recycle_after
    return ProcessPoolExecutor(**options)  # MP318


if __name__ == "__main__":
    with executor_of(Settings()) as executor:
        print(list(executor.map(abs, [-1, -2])))
