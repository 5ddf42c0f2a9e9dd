"""The parent goes on updating, without the lock, while the tasks run."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Manager


def count(removed, name, lock):
    with lock:
        removed[name] += 1


def main():
    manager = Manager()
    removed, lock = manager.dict(a=0), manager.Lock()
    with ProcessPoolExecutor() as pool:
        futures = []
        for _ in range(100):
            futures.append(pool.submit(count, removed, "a", lock))
            removed["a"] += 1  # MP601
        for future in futures:
            future.result(timeout=60)
    print(dict(removed))


if __name__ == "__main__":
    main()
