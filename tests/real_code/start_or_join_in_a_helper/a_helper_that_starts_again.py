import multiprocessing as mp


class Supervisor:
    def __init__(self, job):
        self.job = job
        self.process = None

    def _start(self, process):
        process.start()  # MP209
        return process

    def run(self):
        process = mp.Process(target=self.job)
        self._start(process)
        self._start(process)
        process.join(timeout=5)

    def _spawn(self):
        self.process = mp.Process(target=self.job)
        self.process.start()

    def run_twice(self):
        self._spawn()
        self.process.join(timeout=5)
        self._spawn()
        self.process.join(timeout=5)


def start(process):
    process.start()  # MP209


def run_both(job):
    process = mp.Process(target=job)
    start(process)
    start(process)
    process.join(timeout=1)


def stop(process):
    process.terminate()  # MP203
    process.join(timeout=5)


def stop_too_early(job):
    process = mp.Process(target=job)
    stop(process)
