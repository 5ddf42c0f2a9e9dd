"""What is given takes the place of what the factory would make, so nothing is left open."""

import multiprocessing as mp
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Any


def double(number):
    return number * 2


@dataclass
class Doubling:
    context: InitVar[Any] = None
    _: KW_ONLY
    pool: Any = field(default_factory=lambda: mp.Pool(2))
    numbers: list = field(default_factory=list)

    def __post_init__(self, context):
        if context is not None:
            self.numbers = list(self.numbers)

    def run(self):
        results = self.pool.map_async(double, self.numbers)
        self.pool.close()
        self.pool.join()
        return results.get(timeout=10)


if __name__ == "__main__":
    with mp.get_context("spawn").Pool(1) as pool:
        print(Doubling(mp.get_context(), pool=pool, numbers=[1, 2, 3]).run())
