"""A property sets `daemon` of a process that runs, and a descriptor joins one that does not."""

import multiprocessing as mp


def ring():
    print("ring", flush=True)


class Logged:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, clock, owner=None):
        return getattr(clock, self.name)

    def __set__(self, clock, worker):
        worker.join(5)  # MP203
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
        self._process.daemon = value  # MP208

    def alarm(self):
        self._process.start()

    def finish(self):
        self._process.join(10)
        if self._process.exitcode:
            raise SystemExit(1)


def main():
    clock = Clock()
    clock.alarm()
    clock.background = True
    clock.finish()
    clock.worker = mp.Process(target=ring)
    if clock.worker.exitcode:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
