import multiprocessing as mp


def work(n):
    return n * n


def run(numbers):
    with mp.get_context("spawn").Pool(2) as pool:
        return pool.map(work, numbers)
