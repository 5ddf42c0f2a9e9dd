"""The decorator is known, and takes no lock."""

import functools
import multiprocessing as mp


def named(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call


@named
def count(total):
    total.value += 1  # MP601


def main():
    total = mp.Value("i", 0)
    children = [mp.Process(target=count, args=(total,)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
