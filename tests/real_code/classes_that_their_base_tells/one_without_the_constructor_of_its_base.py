"""The class is found among those of its base, and does not call the constructor of the process."""

import multiprocessing as mp


class Watcher(mp.Process):
    def begin(self):
        self.start()
        return self


class Tank(Watcher):
    def __init__(self, limit):  # MP205
        self.limit = limit

    def run(self):
        print(self.limit, flush=True)


def create(kind, *args):
    kinds = {cls.__name__.lower(): cls for cls in Watcher.__subclasses__()}
    return kinds[kind](*args)


if __name__ == "__main__":
    watcher = create("tank", 3)
    watcher.begin()
    watcher.join(5)
