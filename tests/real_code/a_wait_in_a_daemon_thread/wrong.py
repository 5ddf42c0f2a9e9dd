"""The thread is no daemon: the child ends when it does."""

import multiprocessing as mp
import threading


def watch(stop):
    stop.wait()  # MP511
    print("stopped", flush=True)


def work(stop):
    watcher = threading.Thread(target=watch, args=(stop,))
    watcher.start()
    print("done", flush=True)


def main():
    stop = mp.Event()
    worker = mp.Process(target=work, args=(stop,))
    worker.start()
    worker.join()  # MP201


if __name__ == "__main__":
    main()
