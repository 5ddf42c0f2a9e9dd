"""The barrier is for the players and one more, and nobody else waits."""

import multiprocessing as mp
from threading import BrokenBarrierError


class Player:
    def __init__(self, seat, gate):
        self.seat = seat
        self.gate = gate

    def __call__(self):
        try:
            self.gate.wait(timeout=2)
        except BrokenBarrierError:
            print("nobody moves", flush=True)


def main(seats):
    gate = mp.Barrier(len(seats) + 1)  # MP506
    processes = [mp.Process(target=Player(seat, gate)) for seat in seats]
    for process in processes:
        process.start()
    for process in processes:
        process.join(5)


if __name__ == "__main__":
    main(["north", "south"])
