import multiprocessing
import threading


class Feeder(multiprocessing.Process):
    timeout = 5

    def __init__(self, path, size, **options):
        self.path = path
        self.size = int(size)
        self._queue = multiprocessing.Queue(self.size)
        self.options = options
        self.label = self.describe()
        super().__init__(name=self.label, daemon=options.pop("daemon", True))
        self.ready = False

    def describe(self):
        return f"feeder of {self.path}"

    def run(self):
        print(self.label, flush=True)


class Old(multiprocessing.Process):
    def __init__(self, job):
        self.job = job
        multiprocessing.Process.__init__(self)
        self.daemon = True
        self.name = f"old-{job}"

    def run(self):
        print(self.job, flush=True)


class Both(Feeder):
    def __init__(self, path):
        self.size_of_both = 3
        if path.endswith(".gz"):
            self.open = "gzip"
        else:
            self.open = "plain"
        super().__init__(path, 2)


def main():
    for process in (Feeder("a", 1), Old("b"), Both("c.gz")):
        process.start()
        process.join(timeout=5)


if __name__ == "__main__":
    main()
