"""What the generators give is sent, and not the generators."""

import itertools
import multiprocessing


def parts(name):
    for number in range(2):
        yield f"{name}{number}"


def show(name):
    return name.upper()


def main(names):
    names = itertools.chain(*(parts(name) for name in names))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(show, names))


if __name__ == "__main__":
    main(["a", "b"])
