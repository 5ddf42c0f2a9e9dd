"""Here the worker goes on, and is ended by force when the block is left."""

import multiprocessing as mp
import os


def check(path):
    if not os.path.isdir(path):
        print(f"no folder {path}")  # MP801
    return path


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(check, [".", "..", "nowhere"]), flush=True)
