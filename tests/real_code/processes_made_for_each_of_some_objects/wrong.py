"""The lifts are sent off once more with the same processes."""

import multiprocessing as mp


class Lift:
    def __init__(self, name):
        self.name = name


def ride(lift):
    print(lift.name)


if __name__ == "__main__":
    rides = []
    for lift in [Lift("left"), Lift("right")]:
        rides.append(mp.Process(target=ride, args=(lift,)))
    for each in rides:
        each.start()
    for each in rides:
        each.join(10)
    for each in rides:
        each.start()  # MP209
