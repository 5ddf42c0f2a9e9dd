"""The connection that the parent has opened is found by its children."""

import multiprocessing as mp
import sqlite3

_open = {}


def connection(path):
    if path not in _open:
        _open[path] = sqlite3.connect(path)
    return _open[path]


def beats(bell):
    return connection("tunes.db").execute("select ?", (bell,)).fetchone()  # MP706


if __name__ == "__main__":
    print(connection("tunes.db").execute("select 1").fetchone())
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(beats, "ceg"))
