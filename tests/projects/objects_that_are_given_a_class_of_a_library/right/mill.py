from stones import Stones
from grinding import grind


class Mill:
    def __init__(self, make, size):
        self.stones = Stones(make, size)

    def grind(self, grains):
        return self.stones.map(grind, grains)
