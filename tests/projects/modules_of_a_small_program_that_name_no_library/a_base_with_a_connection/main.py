from concurrent.futures import ProcessPoolExecutor
from contextlib import closing

from stored import Stored


class Squares(Stored):
    def __init__(self, location, step):
        super().__init__(location)
        self.step = step

    def square(self, number):
        return number * number * self.step


def main():
    with closing(Squares(":memory:", 2)) as squares:
        with ProcessPoolExecutor(2) as executor:
            for number in executor.map(squares.square, range(4)):  # MP104
                squares.store(number)


if __name__ == "__main__":
    main()
