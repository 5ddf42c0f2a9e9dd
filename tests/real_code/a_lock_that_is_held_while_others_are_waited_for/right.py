import multiprocessing as mp
import threading
from concurrent.futures import ProcessPoolExecutor

guard = None
own = threading.Lock()


def keep(lock):
    global guard
    guard = lock


def look_up(key):
    with guard:
        return key, len(key)


def measure(key):
    # Each process has a lock of threads of its own.
    with own:
        return key, len(key)


class Cache:
    def __init__(self, executor, lock):
        self.executor = executor
        self.lock = lock
        self.sizes = {}

    def refresh(self, keys):
        futures = [self.executor.submit(look_up, key) for key in keys]
        futures += [self.executor.submit(measure, key) for key in keys]
        with own:
            pairs = [future.result() for future in futures]
        with self.lock:
            self.sizes.update(pairs)


def book(lock, amount):
    with lock:
        print(amount, flush=True)


def main():
    lock = mp.Lock()
    with ProcessPoolExecutor(2, initializer=keep, initargs=(lock,)) as executor:
        Cache(executor, lock).refresh(["alpha", "be"])
    with lock:
        p = mp.Process(target=book, args=(lock, 7))
        p.start()
    p.join()


if __name__ == "__main__":
    main()
