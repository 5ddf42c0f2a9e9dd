"""Each item is a generator."""

import itertools
import multiprocessing


def parts(name):
    for number in range(2):
        yield f"{name}{number}"


def show(names):
    return list(names)


def main(names):
    generators = itertools.chain([parts(name) for name in names])
    with multiprocessing.Pool(2) as pool:
        print(pool.map(show, generators))  # MP102


if __name__ == "__main__":
    main(["a", "b"])
