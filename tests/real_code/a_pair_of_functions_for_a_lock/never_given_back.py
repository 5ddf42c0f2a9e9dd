"""One function takes the lock, and none gives it back."""

import multiprocessing as mp


class Log:
    def __init__(self, lock):
        self.lock = lock

    def take(self):
        self.lock.acquire()  # MP501


def write(log, text):
    log.take()
    print(text, flush=True)


if __name__ == "__main__":
    log = Log(mp.Lock())
    processes = [mp.Process(target=write, args=(log, text), daemon=True) for text in ("a", "b")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
