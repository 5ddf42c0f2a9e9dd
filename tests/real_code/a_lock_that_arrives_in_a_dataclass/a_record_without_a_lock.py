import multiprocessing as mp
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shared:
    total: Any
    lock: Any

    def add(self, amount):
        self.total.value += amount  # MP601


def work(shared: Shared):
    for _ in range(100):
        shared.add(1)


def main():
    shared = Shared(total=mp.Value("i", 0), lock=mp.Lock())
    workers = [mp.Process(target=work, args=(shared,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
