import multiprocessing as mp


class Settings:
    def __init__(self, level):
        self.level = level


class Worker(mp.Process):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def run(self):
        print("level", self.settings.level, flush=True)
