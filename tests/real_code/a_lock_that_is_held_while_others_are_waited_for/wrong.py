import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

guard = None


def keep(lock):
    global guard
    guard = lock


def look_up(key):
    with guard:
        return key, len(key)


class Cache:
    def __init__(self, executor, lock):
        self.executor = executor
        self.lock = lock
        self.sizes = {}

    def refresh(self, keys):
        with self.lock:
            self.store([self.executor.submit(look_up, key) for key in keys])

    def store(self, futures):
        for future in futures:
            key, size = future.result()  # MP303
            self.sizes[key] = size


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
        p.join()  # MP201


if __name__ == "__main__":
    main()
