"""The parent sends what the task waits for, and then asks for the result."""

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
        print(future.result(), flush=True)


def main():
    with Manager() as manager, ProcessPoolExecutor(max_workers=1) as executor:
        desk = Desk(executor, manager.Queue())
        future = desk.open()
        desk.feed.put("pen")
        desk.settle(future)


if __name__ == "__main__":
    main()
