"""Whoever needs the connection first makes it, in each process."""
import multiprocessing as mp
import sqlite3

_conn = None
HANDLERS = {}


def register(f):
    HANDLERS[f.__name__] = f
    return f


@register
def double(x):
    return 2 * x


def conn():
    global _conn
    if _conn is None:
        _conn = sqlite3.connect(":memory:")
    return _conn


def work(n):
    conn().execute("select 1")
    return HANDLERS["double"](n)


def main():
    conn().execute("select 1")
    with mp.get_context("spawn").Pool(2) as pool:
        print(pool.map(work, range(3)), len(HANDLERS))


if __name__ == "__main__":
    main()
