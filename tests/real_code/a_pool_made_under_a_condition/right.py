"""The pool is closed on just the ways that made it: a flag or `None` tells them apart."""

import multiprocessing as mp
import warnings


def work(x):
    return x


def by_none(samples, processes, block=10):
    if processes > 1:
        pool = mp.Pool(processes)
    else:
        pool = None
    done = []
    while len(done) < len(samples):
        part = samples[len(done) : len(done) + block]
        done += pool.map(work, part) if pool is not None else [work(x) for x in part]
    if pool is not None:
        pool.close()
        pool.join()
    return done


def prepare(options):
    parallel, pool, ours = options.pop("parallel", True), options.pop("pool", None), False
    if parallel and pool is None:
        try:
            pool = mp.Pool(options.pop("processes", None))
            ours = True
        except Exception as error:
            warnings.warn(str(error))
            parallel = False
    return parallel, pool, ours


def by_flag(items, options):
    parallel, pool, ours = prepare(options)
    if not parallel:
        return [work(item) for item in items]
    try:
        result = pool.map(work, items)
    except BaseException:
        if ours:
            pool.terminate()
        raise
    else:
        if ours:
            pool.close()
            pool.join()
    return result


# Many objects before and after: what one way made must not look as if all had made it.
TABLE = [[n] for n in (1, 2, 3)]
MORE = {"a": [1], "b": [2], "c": [3], "d": [4], "e": [5], "f": [6], "g": [7], "h": [8], "i": [9], "j": [10]}


def among_many(samples, processes):
    first, second, third, fourth = [], {}, [[]], [{}, {}, [], ()]
    if processes > 1:
        pool = mp.Pool(processes)
        several, others = [[], [], [], [], []], [{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}]
        second[0] = (several, others)
    else:
        pool = None
    first += pool.map(work, samples) if pool is not None else samples
    if pool is not None:
        pool.close()
        pool.join()
    return first, second, third, fourth


if __name__ == "__main__":
    print(by_none(list(range(30)), 2), by_flag([1, 2], {}), among_many([1], 2))
