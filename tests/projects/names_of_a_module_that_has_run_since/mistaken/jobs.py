import multiprocessing as mp
import threading


class Settings:
    def __init__(self, level):
        self.level = level
        self.lock = threading.Lock()


class Worker(mp.Process):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings  # MP103

    def run(self):
        print("level", self.settings.level, flush=True)
