"""Code that numba compiles has generators of its own, which seed themselves anew in a fork."""

import multiprocessing

import numpy as np
from numba import njit

context = multiprocessing.get_context("fork")


@njit
def draw(out):
    for at in range(out.size):
        out[at] = np.random.randint(9)


def work(numbers):
    out = np.zeros(9)
    draw(out)
    numbers.put(out)


def main():
    numbers = context.Queue()
    processes = [context.Process(target=work, args=(numbers,)) for _ in range(4)]
    for process in processes:
        process.start()
    print([numbers.get(timeout=9) for _ in processes])
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
