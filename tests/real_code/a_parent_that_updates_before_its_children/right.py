"""The pool stands, but has no task yet while the parent updates alone."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Manager


def count(removed, name, lock=None):
    if lock:
        lock.acquire()
    try:
        if name not in removed:
            removed[name] = 1
        else:
            removed[name] += 1
    finally:
        if lock:
            lock.release()


def launch(pool, lock, removed, alone, together):
    for name in alone:
        count(removed, name, lock=None)
    futures = []
    for name in together:
        futures.append(pool.submit(count, removed, name, lock=lock))
    for future in futures:
        future.result(timeout=60)


def main():
    manager = Manager()
    removed, lock = manager.dict(), manager.Lock()
    with ProcessPoolExecutor() as pool:
        launch(pool, lock, removed, ["a", "b"], ["a", "a", "b"])
    print(dict(removed))


if __name__ == "__main__":
    main()
