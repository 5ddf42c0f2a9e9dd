"""The property keeps the pool that it has made."""

import functools
from concurrent.futures import ProcessPoolExecutor


def ride(name):
    return len(name)


class Lift:
    def __init__(self, seats):
        self.seats = seats

    @functools.cached_property
    def cabin(self):
        return ProcessPoolExecutor(self.seats)

    def carry(self, group):
        return list(self.cabin.map(ride, group))


class Bus:
    def __init__(self, seats):
        self.pool = ProcessPoolExecutor(seats)

    def carry(self, group):
        return list(self.pool.map(ride, group))


def main():
    for carrier in (Lift(2), Bus(2)):
        for group in (["ann", "bob"], ["cy"]):
            print(carrier.carry(group), flush=True)


if __name__ == "__main__":
    main()
