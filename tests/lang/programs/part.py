import multiprocessing as mp
import threading
from functools import partial


def work(lock, n):
    return n


if __name__ == "__main__":
    lock = threading.Lock()
    with mp.Pool(2) as pool:
        pool.map(partial(work, lock), [1])
