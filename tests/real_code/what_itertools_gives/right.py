import itertools
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, repeat, starmap


def add(lock, n):
    with lock:
        return n + 1


def pair(n, lock):
    return n, 2


def is_open(lock):
    return lock is not None


def main():
    counter = mp.Value("i", 0)
    with mp.Manager() as manager:
        lock = manager.Lock()
        with ProcessPoolExecutor(2) as executor:
            print(list(executor.map(add, repeat(lock), [1, 2])))
            print(list(executor.map(abs, chain([1], [2]))))
        with mp.Pool(2) as pool:
            print(pool.starmap(add, itertools.zip_longest([lock], [1, 2], fillvalue=lock)))
            # Only the numbers are drawn and sent.
            print(pool.starmap(pow, starmap(pair, [(1, counter)])))
            print(pool.map(abs, itertools.takewhile(lambda n: n > 0, [2, 1])))
            print(pool.map(abs, itertools.compress([1, 2], [counter, None])))


if __name__ == "__main__":
    main()
