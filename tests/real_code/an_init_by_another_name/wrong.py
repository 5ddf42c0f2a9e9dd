"""Nothing sets the process up."""

from multiprocessing import Process


class Worker(Process):
    def __init__(self):  # MP205
        self.task = None

    def init2(self, task):
        self.task = task

    def run(self):
        print(self.task, flush=True)


def make(tasks):
    workers = []
    for task in tasks:
        worker = Worker()
        worker.init2(task)
        workers.append(worker)
    return workers
