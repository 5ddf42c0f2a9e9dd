"""A property sets `daemon` before the start, and a descriptor starts what it is given."""

import multiprocessing as mp


def ring():
    print("ring", flush=True)


class Logged:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, clock, owner=None):
        return getattr(clock, self.name)

    def __set__(self, clock, worker):
        worker.start()
        worker.join(5)
        setattr(clock, self.name, worker)


class Clock:
    worker = Logged()

    def __init__(self):
        self._process = mp.Process(target=ring)

    @property
    def background(self):
        return self._process.daemon

    @background.setter
    def background(self, value):
        self._process.daemon = value

    def alarm(self):
        self._process.start()

    def finish(self):
        self._process.join(10)
        if self._process.exitcode:
            raise SystemExit(1)


def main():
    clock = Clock()
    clock.background = True
    clock.alarm()
    clock.finish()
    clock.worker = mp.Process(target=ring)
    if clock.worker.exitcode:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
