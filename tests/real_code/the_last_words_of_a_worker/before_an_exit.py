"""The worker leaves in good order right after it has printed, and writes out what it has to say."""

import multiprocessing as mp
import os
import sys


def check(path):
    if not os.path.isdir(path):
        print(f"no folder {path}")
        print("make it first")
        sys.exit(1)  # MP804
    return path


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(check, [".", ".."]), flush=True)
