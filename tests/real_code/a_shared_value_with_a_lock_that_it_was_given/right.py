"""The value has the semaphore of its lock, which is of the context of the process."""

import multiprocessing as mp
from multiprocessing.sharedctypes import Value


def add(total):
    with total.get_lock():
        total.value += 1


if __name__ == "__main__":
    context = mp.get_context("spawn")
    total = Value("i", 0, lock=context.RLock())
    process = context.Process(target=add, args=(total,))
    process.start()
    process.join(30)
    print(total.value)
