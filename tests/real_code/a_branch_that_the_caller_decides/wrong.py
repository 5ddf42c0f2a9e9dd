"""The caller gives a constant that leads into the branch that fails."""

import sys
from multiprocessing import Pool


def work(item):
    return item


def one_by_one(items):
    for item in items:
        yield work(item)


def by_pool(items, processes):
    pool = Pool(processes)  # MP207
    jobs = [pool.apply_async(work, (item,)) for item in items]
    pool.close()
    for job in jobs:
        yield job.get(timeout=9)
    pool.join()


def chosen(items, processes=None):
    if processes == 1:
        found = one_by_one(items)
    else:
        found = by_pool(items, processes)
    return list(found)


def task(items):
    return chosen(items, processes=2)


def named(item, kind):
    if kind == "insertion":
        return item
    elif kind == "deletion":
        return -item
    else:
        sys.exit(1)  # MP804


def annotate(item):
    return named(item, "insertion") if item else named(item, "copy")


def main(groups):
    with Pool() as pool:
        print(pool.map(task, groups))
        print(pool.map(annotate, range(3)))


if __name__ == "__main__":
    main([[1], [2]])
