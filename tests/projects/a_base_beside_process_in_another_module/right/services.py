import multiprocessing

from labels import Labelled, Passing


class Service(Labelled, multiprocessing.Process):
    def __init__(self, label, results):
        Labelled.__init__(self, label)
        multiprocessing.Process.__init__(self)
        self.results = results


class Clock(Service):
    def __init__(self, zone, results):
        super().__init__(f"clock-{zone}", results)
        self.zone = zone

    def run(self):
        self.results.put(self.zone)


class Bell(Passing, multiprocessing.Process):
    def __init__(self, label):
        super().__init__(label)

    def run(self):
        print(self.label, flush=True)


if __name__ == "__main__":
    bell = Bell("ding")
    bell.start()
    bell.join(timeout=30)
