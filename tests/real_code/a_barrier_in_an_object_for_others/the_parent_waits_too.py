"""Code that is not followed is given an object that waits at the barrier."""

import multiprocessing as mp

from toolkit import run_tool


class Tool:
    def __init__(self, barrier):
        self.barrier = barrier

    def start(self):
        self.barrier.wait(timeout=20)


if __name__ == "__main__":
    barrier = mp.Barrier(2)
    process = mp.Process(target=run_tool, args=(Tool(barrier),))
    process.start()
    barrier.wait(timeout=20)
    process.join(timeout=20)
