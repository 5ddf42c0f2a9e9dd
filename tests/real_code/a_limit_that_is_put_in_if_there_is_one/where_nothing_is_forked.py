"""The context decides whether there is a limit."""

import multiprocessing as mp
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass


@dataclass
class Settings:
    workers: int = 2
    recycle_after: int = 20


def executor_of(settings, context):
    options = dict(max_workers=settings.workers, mp_context=context)
    if context.get_start_method() != "fork" and settings.recycle_after and sys.version_info >= (3, 11):
        options["max_tasks_per_child"] = settings.recycle_after
    return ProcessPoolExecutor(**options)


if __name__ == "__main__":
    with executor_of(Settings(), mp.get_context("fork")) as executor:
        print(list(executor.map(abs, [-1, -2])))
