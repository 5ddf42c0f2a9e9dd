"""How many processors there are was asked before one of them is left out."""

import multiprocessing as mp


def work(item):
    return item


def main(items, processes=None):
    if processes is None:
        if mp.cpu_count() > 3:
            processes = mp.cpu_count() - 1
        else:
            processes = mp.cpu_count()
    with mp.Pool(processes) as pool:
        return pool.map(work, items)


if __name__ == "__main__":
    print(main([1, 2]))
