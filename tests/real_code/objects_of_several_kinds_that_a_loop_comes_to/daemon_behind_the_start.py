"""The processes are of two classes; all have been started when one of them is to become daemonic."""

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
    for bridge in bridges.values():
        bridge.start()
    for name in sys.argv[1:] or ["first"]:
        bridge = bridges[name]
        bridge.daemon = True  # MP208
    for bridge in bridges.values():
        bridge.join(10)


if __name__ == "__main__":
    main(sorted(KINDS))
