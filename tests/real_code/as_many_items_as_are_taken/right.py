"""One process puts one item, another takes one: both plainly end."""

import multiprocessing as mp
import random
import sys


def fill(queue, code):
    queue.put(code)


def drain(queue, code):
    if code != queue.get():
        sys.exit(1)


def both():
    code = random.randrange(1000)
    queue = mp.Queue()
    filling = mp.Process(target=fill, args=(queue, code))
    draining = mp.Process(target=drain, args=(queue, code))
    draining.start()
    filling.start()
    filling.join()
    draining.join()


def main():
    test = mp.Process(target=both)
    test.start()
    test.join()
    sys.exit(test.exitcode)


if __name__ == "__main__":
    main()
