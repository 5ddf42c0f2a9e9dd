"""The lock is optional: the same test stands before both halves."""

import multiprocessing as mp


class Reader:
    def __init__(self, lock):
        self.lock = lock

    def read(self, text):
        lock = self.lock
        try:
            if lock is not None:
                lock.acquire()
            return int(text)
        finally:
            if lock is not None:
                lock.release()


def work(lock, text):
    print(Reader(lock).read(text), flush=True)


if __name__ == "__main__":
    lock = mp.Lock()
    processes = [mp.Process(target=work, args=(lock, str(n))) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
