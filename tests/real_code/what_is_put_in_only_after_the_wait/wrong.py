"""The task waits for what its parent sends only when it has the result."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Manager


def confirm(feed):
    return f"confirmed {feed.get()}"


class Desk:
    def __init__(self, executor, feed):
        self.executor = executor
        self.feed = feed

    def open(self):
        return self.executor.submit(confirm, self.feed)

    def settle(self, future):
        print(future.result(), flush=True)  # MP303


def main():
    with Manager() as manager, ProcessPoolExecutor(max_workers=1) as executor:
        desk = Desk(executor, manager.Queue())
        future = desk.open()
        desk.settle(future)
        desk.feed.put("pen")


if __name__ == "__main__":
    main()
