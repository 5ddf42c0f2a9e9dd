import itertools
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, repeat, starmap


def add(counter, n):
    with counter.get_lock():
        counter.value += n
    return n


def both(counter, n):
    return counter, n


def main():
    counter = mp.Value("i", 0)
    others = [mp.Value("i", 0), mp.Value("i", 0)]
    with ProcessPoolExecutor(2) as executor:
        print(list(executor.map(add, repeat(counter), [1, 2])))  # MP105
        print(list(executor.map(add, itertools.cycle(others), [1, 2])))  # MP105
        print(list(executor.map(add, chain.from_iterable([others]), [1, 2])))  # MP105
    with mp.Pool(2) as pool:
        print(pool.starmap(add, itertools.zip_longest(others, [1, 2])))  # MP105
        print(pool.starmap(add, itertools.product([counter], [1, 2])))  # MP105
        print(pool.starmap(add, starmap(both, [(counter, 1)])))  # MP105


if __name__ == "__main__":
    main()
