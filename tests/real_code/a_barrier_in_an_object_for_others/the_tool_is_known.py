"""The object that waits at the barrier is run by the program itself."""

import multiprocessing as mp


class Tool:
    def __init__(self, barrier):
        self.barrier = barrier

    def start(self):
        self.barrier.wait(timeout=20)


def run_tool(tool):
    tool.start()


if __name__ == "__main__":
    barrier = mp.Barrier(3)  # MP506
    process = mp.Process(target=run_tool, args=(Tool(barrier),))
    process.start()
    barrier.wait(timeout=20)
    process.join(timeout=20)
