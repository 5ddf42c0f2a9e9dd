"""A process for each lift of a house, put into a dict or a list in one loop and started in another."""

import multiprocessing as mp
from dataclasses import dataclass


@dataclass
class Lift:
    name: str
    floors: int


def ride(lift):
    print(lift.name, lift.floors)


class House:
    def __init__(self, lifts):
        self.lifts = lifts
        self.rides = {}

    def prepare(self, make):
        for lift in self.lifts:
            self.rides[lift.name] = make(lift)

    def start(self):
        for each in self.rides.values():
            each.start()
        for each in self.rides.values():
            each.join(10)


def one_ride(lift):
    return mp.Process(target=ride, args=(lift,))


if __name__ == "__main__":
    house = House([Lift("left", 4), Lift("right", 7), Lift("goods", 2)])
    house.prepare(one_ride)
    house.start()

    alone = {}
    for lift in [Lift("tower", 30)]:
        alone[lift.name] = mp.Process(target=ride, args=(lift,))
    for each in alone.values():
        each.start()
    for each in alone.values():
        each.join(10)
