"""The parent is the one more. And what is counted in a loop, or by whoever calls, is not known."""

import multiprocessing as mp


def move(gate):
    gate.wait(timeout=5)


class Rounds:
    played = 0

    def begin(self):
        self.played = self.played + 1
        return mp.Barrier(self.played)


def main(seats):
    gate = mp.Barrier(len(seats) + 1)
    processes = [mp.Process(target=move, args=(gate,)) for _ in seats]
    for process in processes:
        process.start()
    gate.wait(timeout=5)
    for process in processes:
        process.join(5)
    count = 0
    more = []
    for seat in seats:
        count = count + 1
        more.append(seat)
    gate = mp.Barrier(count)
    others = [mp.Process(target=move, args=(gate,)) for _ in range(len(more))]
    for process in others:
        process.start()
    for process in others:
        process.join(5)


if __name__ == "__main__":
    main(["north", "south"])
