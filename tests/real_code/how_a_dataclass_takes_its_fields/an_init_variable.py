"""The context is given on to `__post_init__`, and the pool is no argument."""

import multiprocessing as mp
from dataclasses import InitVar, dataclass, field
from typing import Any, ClassVar


def double(number):
    return number * 2


@dataclass
class Doubling:
    most: ClassVar[int] = 4
    context: InitVar[Any]
    size: int
    _pool: Any = field(init=False, repr=False)
    numbers: list = field(default_factory=list)

    def __post_init__(self, context):
        self._pool = context.Pool(self.size)

    def run(self):
        results = self._pool.map_async(double, self.numbers[: self.most])
        self._pool.join()  # MP302
        return results.get(timeout=10)


if __name__ == "__main__":
    print(Doubling(mp.get_context(), 2, [1, 2, 3]).run())
