"""The thread that waits for the worker reads what it has put, afterwards."""

import multiprocessing as mp
from threading import Thread


def work(results):
    for number in range(10_000):
        results.put([number] * 10)


def watch(worker, results):
    worker.join()  # MP401
    while not results.empty():
        print(results.get(timeout=1))


def main():
    results = mp.Queue()
    worker = mp.Process(target=work, args=(results,))
    worker.start()
    watcher = Thread(target=watch, args=(worker, results))
    watcher.start()
    watcher.join()


if __name__ == "__main__":
    main()
