"""Four objects are called in processes and wait, and the parent waits with them."""

import multiprocessing as mp
from threading import BrokenBarrierError


class Client:
    def __init__(self, start_line):
        self.start_line = start_line

    def __call__(self):
        self.start_line.wait(timeout=3)


def main():
    start_line = mp.Barrier(4)  # MP506
    clients = [Client(start_line) for _ in range(4)]
    processes = [mp.Process(target=client, daemon=True) for client in clients]
    for process in processes:
        process.start()
    try:
        start_line.wait(timeout=3)
    except BrokenBarrierError:
        print("the start was missed")
    for process in processes:
        process.join(5)


if __name__ == "__main__":
    main()
