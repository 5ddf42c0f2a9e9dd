"""Where one process alone updates there is no lock; where several do there is one."""

import multiprocessing as mp


def count(total, lock):
    if lock:
        lock.acquire()
    try:
        total.value += 1
    finally:
        if lock:
            lock.release()


def work(total, lock, alone):
    count(total, lock=None if alone else lock)


def main():
    total, lock = mp.Value("i", 0), mp.Lock()
    children = [mp.Process(target=work, args=(total, lock, False)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
