"""An iterator that asks again and again, and a worker that leaves the loop over it."""

import multiprocessing as mp
import queue


class Source:
    def __init__(self, inbox):
        self.inbox = inbox

    def __iter__(self):
        while True:
            try:
                item = self.inbox.get(timeout=0.5)
            except queue.Empty:
                continue
            yield item


class Archiver(mp.Process):
    def __init__(self, inbox):
        super().__init__()
        self.inbox = inbox

    def run(self):
        for part in Source(self.inbox):
            if part is None:
                break
            print(part, flush=True)


if __name__ == "__main__":
    parts = mp.Queue()
    archiver = Archiver(parts)
    archiver.start()
    parts.put(1)
    parts.put(None)
    archiver.join()
