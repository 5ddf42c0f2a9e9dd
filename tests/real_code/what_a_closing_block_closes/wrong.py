"""The end of the block closes a process that runs."""

import contextlib
import multiprocessing
import time


def stand():
    time.sleep(1)


@contextlib.contextmanager
def guarded():
    guard = multiprocessing.Process(target=stand)
    guard.start()
    with contextlib.closing(guard):  # MP214
        yield guard
        print("done", flush=True)


def main():
    with guarded() as guard:
        print("guarded by", guard.name, flush=True)


if __name__ == "__main__":
    main()
