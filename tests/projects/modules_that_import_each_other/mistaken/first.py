import multiprocessing

import second


def step(n=0):
    return second.limit(n)


def begin():
    process = multiprocessing.get_context("spawn").Process(target=lambda: step(1))  # MP101
    second.run(process)
