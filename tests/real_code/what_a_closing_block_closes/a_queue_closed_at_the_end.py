"""The end of a context manager's function closes the queue, after the block has put everything."""

import contextlib
import multiprocessing


class Feed:
    def __init__(self, queue):
        self._queue = queue

    def __call__(self, line):
        self._queue.put(line)


@contextlib.contextmanager
def feeding(queue):
    try:
        yield Feed(queue)
    finally:
        queue.close()


def main():
    lines = multiprocessing.Queue()
    with feeding(lines) as feed:
        for line in ["a", "b"]:
            feed(line)
    print("done")


if __name__ == "__main__":
    main()
