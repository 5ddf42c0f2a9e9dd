import multiprocessing as mp
import sys
from concurrent.futures import ProcessPoolExecutor


def square(n):
    return n * n


def make(context, options):
    return ProcessPoolExecutor(1, mp_context=context, **options)


def run(context):
    options = {}
    if context.get_start_method() != "fork" and sys.version_info >= (3, 11):
        options["max_tasks_per_child"] = 5
    with make(context, options) as executor:
        print(list(executor.map(square, range(2))), flush=True)


if __name__ == "__main__":
    run(mp.get_context("fork"))
