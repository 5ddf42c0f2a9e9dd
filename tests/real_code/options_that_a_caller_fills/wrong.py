import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor


def square(n):
    return n * n


def make(context, options):
    return ProcessPoolExecutor(1, mp_context=context, **options)  # MP318


def run(context):
    options = {"max_tasks_per_child": 5}
    with make(context, options) as executor:
        print(list(executor.map(square, range(2))), flush=True)


if __name__ == "__main__":
    run(mp.get_context("fork"))
