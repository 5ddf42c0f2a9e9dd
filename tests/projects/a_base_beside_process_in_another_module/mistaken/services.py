import multiprocessing

from labels import Labelled


class Service(Labelled, multiprocessing.Process):
    def __init__(self, label, results):  # MP205
        Labelled.__init__(self, label)
        self.results = results


class Clock(Service):
    def __init__(self, zone, results):
        super().__init__(f"clock-{zone}", results)
        self.zone = zone

    def run(self):
        self.results.put(self.zone)
