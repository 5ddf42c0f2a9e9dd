"""A process without a target is made only to see which class of events goes with it."""

import multiprocessing as mp


def event_for(process):
    if isinstance(process, mp.Process):
        return mp.Event()
    return mp.get_context("spawn").Event()


class Pod:
    def __init__(self):
        probe = mp.Process()
        self.ready = event_for(probe)

    def is_ready(self):
        return self.ready.is_set()


if __name__ == "__main__":
    print(Pod().is_ready())
