"""The initializer fills the queue of its worker, and the tasks of that worker take out of it and put back."""

import multiprocessing as mp
import queue

FREE = queue.Queue()


def prepare():
    for slot in range(3):
        FREE.put(slot)


def work(number):
    slot = FREE.get(timeout=5)
    return number * slot


def give_back(slot):
    FREE.put(slot)
    return slot


if __name__ == "__main__":
    with mp.Pool(2, initializer=prepare) as pool:
        print(pool.map(work, range(2)))
        print(pool.map(give_back, range(2)))
