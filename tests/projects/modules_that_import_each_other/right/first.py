import multiprocessing

import second


def step(n=0):
    return second.limit(n)


def begin():
    process = multiprocessing.get_context("spawn").Process(target=step)
    second.run(process)
