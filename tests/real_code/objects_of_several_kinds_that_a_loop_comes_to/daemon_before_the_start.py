"""The same, with the flag set before the start, and with one that is left out of the start."""

import multiprocessing as mp
import sys

KINDS = {}


def kind(name):
    def register(cls):
        KINDS[name] = cls
        return cls

    return register


class Bridge(mp.Process):
    def __init__(self, outbox):
        super().__init__()
        self.outbox = outbox


@kind("first")
class First(Bridge):
    def run(self):
        self.outbox.put("first")


@kind("second")
class Second(Bridge):
    def run(self):
        self.outbox.put("second")


def main(names):
    outbox = mp.SimpleQueue()
    bridges = {name: KINDS[name](outbox) for name in names}
    for name in sys.argv[1:] or ["first"]:
        bridges[name].daemon = True
    started = []
    for bridge in bridges.values():
        if bridge.daemon or len(names) > 1:
            bridge.start()
            started.append(bridge)
    for bridge in started:
        bridge.join(10)


if __name__ == "__main__":
    main(sorted(KINDS))
