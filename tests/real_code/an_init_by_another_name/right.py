"""The process is set up by a method that its maker calls."""

from multiprocessing import Process


class Worker(Process):
    def __init__(self):
        pass

    def init2(self, task):
        super(Worker, self).__init__()
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
