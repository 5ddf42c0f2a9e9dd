"""One pipe is watched, and the other queue is read."""

import multiprocessing as mp
import select
import time


def read(first, second):
    while True:
        readable, _, _ = select.select([first._reader], [], [])
        if readable:
            print(second.get(), flush=True)  # MP402


def main():
    first, second = mp.Queue(), mp.Queue()
    reader = mp.Process(target=read, args=(first, second))
    reader.start()
    first.put(time.time())
    reader.join(10)
    print(reader.exitcode)


if __name__ == "__main__":
    main()
