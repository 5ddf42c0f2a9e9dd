"""A process that is waited for writes out what it has printed when it ends."""

import multiprocessing as mp


def check(path):
    print(f"no folder {path}")
    raise SystemExit(1)


if __name__ == "__main__":
    process = mp.Process(target=check, args=("nowhere",))
    process.start()
    process.join()
