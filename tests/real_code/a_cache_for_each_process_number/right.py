"""Each process opens the data base for itself: the number of the process is part of the key."""

import multiprocessing as mp
import os
import sqlite3

_open = {}


def connection(path):
    key = os.getpid(), path
    if key not in _open:
        _open[key] = sqlite3.connect(path)
    return _open[key]


def beats(bell):
    return connection("tunes.db").execute("select ?", (bell,)).fetchone()


if __name__ == "__main__":
    print(connection("tunes.db").execute("select 1").fetchone())
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(beats, "ceg"))
