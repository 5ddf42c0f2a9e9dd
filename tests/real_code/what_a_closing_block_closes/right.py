"""The process has ended before the block closes it."""

import contextlib
import multiprocessing
import time


def stand():
    time.sleep(1)


@contextlib.contextmanager
def guarded():
    guard = multiprocessing.Process(target=stand)
    guard.start()
    with contextlib.closing(guard):
        yield guard
        guard.join()


def main():
    with guarded() as guard:
        print("guarded by", guard.name, flush=True)


if __name__ == "__main__":
    main()
