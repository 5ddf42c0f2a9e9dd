"""An iterator that asks again and again never comes to its end, and so the worker does not, either."""

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
            print(part, flush=True)


if __name__ == "__main__":
    parts = mp.Queue()
    archiver = Archiver(parts)
    archiver.start()
    parts.put(1)
    archiver.join()  # MP408
