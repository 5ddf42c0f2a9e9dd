import multiprocessing as mp
from collections import namedtuple
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Lock
from typing import NamedTuple


@dataclass
class Shared:
    total: Synchronized
    lock: Lock = field(default_factory=mp.Lock)

    def add(self, amount):
        with self.lock:
            self.total.value += amount


class Pair(NamedTuple):
    total: Synchronized
    lock: Lock


Triple = namedtuple("Triple", "total lock name")


def work(shared: Shared):
    for _ in range(100):
        shared.add(1)


def work_on_pair(pair: Pair):
    with pair.lock:
        pair.total.value += 1


def work_on_triple(triple):
    total, lock, name = triple
    with lock:
        total.value += 1
    with triple.lock:
        triple.total.value += 1


def main():
    shared = Shared(mp.Value("i", 0))
    pair = Pair(mp.Value("i", 0), mp.Lock())
    triple = Triple(pair.total, pair.lock, "third")
    workers = [mp.Process(target=work, args=(shared,)) for _ in range(4)]
    workers += [mp.Process(target=work_on_pair, args=(pair,)) for _ in range(4)]
    workers += [mp.Process(target=work_on_triple, args=(triple,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
