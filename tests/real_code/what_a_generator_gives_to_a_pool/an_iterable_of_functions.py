"""An object of the program is gone over by the pool; each element is a function that has no name."""

import multiprocessing as mp


def call(step):
    return step()


class Steps:
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        for number in range(self.count):
            yield lambda: number


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(call, Steps(3)))  # MP102
