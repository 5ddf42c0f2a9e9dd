"""The pool is closed by none, and one of the ways out leaves before it is."""

import multiprocessing as mp


def work(x):
    return x


def never(samples, processes):
    pool = mp.Pool(processes) if processes > 1 else None  # MP301
    return pool.map(work, samples) if pool is not None else samples


def too_early(samples, processes):
    if processes > 1:
        pool = mp.Pool(processes)  # MP301
        if not samples:
            return []
        done = pool.map(work, samples)
        pool.close()
        pool.join()
        return done
    return samples
