"""The lock is given back before the update."""

import multiprocessing as mp


def count(total, lock):
    lock.acquire()
    try:
        print("counting", flush=True)
    finally:
        lock.release()
    total.value += 1  # MP601


def main():
    total, lock = mp.Value("i", 0), mp.Lock()
    children = [mp.Process(target=count, args=(total, lock)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
