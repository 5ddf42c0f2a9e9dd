"""A daemon thread of the child waits for ever, and ends with the child."""

import multiprocessing as mp
import threading


def watch(stop):
    stop.wait()
    print("stopped", flush=True)


def work(stop):
    watcher = threading.Thread(target=watch, args=(stop,), daemon=True)
    watcher.start()
    print("done", flush=True)


class Messages:
    def __init__(self):
        self.queue = mp.Queue()
        self.reader = threading.Thread(target=self.read)
        self.reader.daemon = True
        self.reader.start()

    def read(self):
        while True:
            message = self.queue.get()
            if message is None:
                break
            print(message, flush=True)


def main():
    stop = mp.Event()
    worker = mp.Process(target=work, args=(stop,))
    worker.start()
    worker.join()
    Messages()


if __name__ == "__main__":
    main()
