from multiprocessing import get_context

from options import Options


class Ingest(get_context("spawn").Process):
    def __init__(self, name):
        super().__init__()
        self._load(Options(name))

    def _load(self, options):
        self.options = options  # MP103

    def run(self):
        print(self.options.stream, flush=True)
