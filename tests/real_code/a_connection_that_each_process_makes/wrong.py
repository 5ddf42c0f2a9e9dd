"""The main process alone makes the connection."""

import multiprocessing as mp
import sqlite3

_conn = None


def connect():
    global _conn
    _conn = sqlite3.connect(":memory:")


def work(n):
    if _conn is None:  # MP704
        return 0
    return n


def main():
    connect()
    with mp.Pool(2) as pool:
        print(pool.map(work, range(3)))


if __name__ == "__main__":
    main()
