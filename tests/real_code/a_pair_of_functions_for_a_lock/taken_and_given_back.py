"""One function takes the lock and another gives it back, and the program calls both."""

import multiprocessing as mp


class Log:
    lock = mp.Lock()

    @staticmethod
    def take(block=True):
        return Log.lock.acquire(block)

    @staticmethod
    def give():
        Log.lock.release()


def write(text):
    if Log.take():
        try:
            print(int(text), flush=True)
        finally:
            Log.give()


def other(text):
    Log.take()
    print(text, flush=True)


if __name__ == "__main__":
    write("1")
    other("2")
    Log.give()
