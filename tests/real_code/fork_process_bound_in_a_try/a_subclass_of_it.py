import multiprocessing as mp

try:
    ForkProcess = mp.get_context("fork").Process
except (ValueError, AttributeError):
    ForkProcess = mp.Process


class Task(ForkProcess):
    def __init__(self, job):
        super().__init__()
        self.job = job

    def run(self):
        self.job()


class BrokenTask(ForkProcess):
    def __init__(self, job):  # MP205
        self.job = job

    def run(self):
        self.job()


def execute(job):
    task = Task(job)
    task.start()
    task.start()  # MP209
    task.join(timeout=5)


def execute_once(job):
    task = Task(job)
    task.start()
    task.join(timeout=5)
    task = Task(job)
    task.start()
    task.join(timeout=5)
