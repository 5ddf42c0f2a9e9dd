"""The end of the block waits for a while, and nobody looks whether that was enough."""

import contextlib
import multiprocessing as mp
import time


def render(frame):
    for line in range(20):
        time.sleep(0.1)
    with open(frame, "w") as file:
        file.write("a frame")


class Farm(contextlib.ExitStack):
    def render(self, frame):
        worker = mp.Process(target=render, args=(frame,))
        worker.start()
        self.callback(self.settle, worker)

    def settle(self, worker):
        worker.join(0.3)  # MP211


def main():
    with Farm() as farm:
        farm.render("frame.txt")
    with contextlib.ExitStack() as stack:
        worker = mp.Process(target=render, args=("other.txt",))
        worker.start()
        stack.callback(worker.join)


if __name__ == "__main__":
    main()
