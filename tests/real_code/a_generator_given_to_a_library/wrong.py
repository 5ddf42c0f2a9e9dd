"""The generator is made, and nobody draws from it."""

import multiprocessing as mp
import queue


def extract(names, signals):
    while True:
        name = names.get(timeout=9)
        if name is None:
            break
        signals.put((name, name))


def call(signals, model):
    def read():
        while True:
            try:
                item = signals.get(timeout=0.01)
            except queue.Empty:
                continue
            if item is None:
                break
            yield item

    items = read()
    print(model, items is None, flush=True)


def main(count, model):
    names, signals = mp.Queue(), mp.Queue(maxsize=10)
    readers = [mp.Process(target=extract, args=(names, signals)) for _ in range(count)]
    callers = [mp.Process(target=call, args=(signals, model)) for _ in range(count)]
    for process in readers + callers:
        process.start()
    for _ in range(count):
        names.put(None)
    for process in readers:
        process.join()  # MP401
    for _ in range(count):
        signals.put(None)
    for process in callers:
        process.join(60)
