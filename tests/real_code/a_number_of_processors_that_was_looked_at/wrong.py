"""Nobody asks before, and on a machine with one processor there is none left."""

import multiprocessing as mp


def work(item):
    return item


def main(items, processes=None):
    if processes is None:
        processes = mp.cpu_count() - 1
    with mp.Pool(processes) as pool:  # MP310
        return pool.map(work, items)


if __name__ == "__main__":
    print(main([1, 2]))
