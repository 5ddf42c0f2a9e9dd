"""Only where `select` has seen something in the pipe of the queue is it read."""

import multiprocessing as mp
import select
import time
from multiprocessing import connection

END = None


class Worker(mp.Process):
    def __init__(self):
        super().__init__()
        self.requests = mp.Queue()
        self.updates = mp.Queue()

    def watch(self):
        readable, _, _ = select.select([self.requests._reader, self.updates._reader], [], [])
        return readable

    def run(self):
        while True:
            for reader in self.watch():
                if reader is self.requests._reader:
                    request = self.requests.get()
                    print(request, flush=True)
                elif reader is self.updates._reader:
                    update = self.updates.get()
                    if update is END:
                        return


def read(first, second):
    for reader in connection.wait([first._reader, second._reader]):
        if reader is first._reader:
            print(first.get(), flush=True)
        else:
            print(second.get(), flush=True)


def main():
    worker = Worker()
    worker.start()
    worker.requests.put(time.time())
    worker.updates.put(END)
    worker.join(10)

    first, second = mp.Queue(), mp.Queue()
    reader = mp.Process(target=read, args=(first, second))
    reader.start()
    first.put(time.time())
    second.put(time.time())
    reader.join(10)


if __name__ == "__main__":
    main()
