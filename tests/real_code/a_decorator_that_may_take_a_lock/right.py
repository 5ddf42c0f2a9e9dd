"""The update runs under a decorator that takes a lock of several processes."""

import multiprocessing as mp

from oslo_concurrency import lockutils


@lockutils.synchronized("count", external=True)
def count(total):
    total.value += 1


def main():
    total = mp.Value("i", 0)
    children = [mp.Process(target=count, args=(total,)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
