"""The parent uses the GPU, and then starts the workers."""

import multiprocessing

from cupy.cuda import nccl


class Worker(multiprocessing.Process):
    def __init__(self, number):
        super().__init__(daemon=True)
        self.number = number

    def run(self):
        self.comm = nccl.NcclCommunicator(2, b"", self.number)  # MP707


class Updater:
    def __init__(self, devices):
        self.devices = devices
        self.workers = []

    def prepare(self):
        self.comm = nccl.NcclCommunicator(2, nccl.get_unique_id(), 0)
        for number in range(1, len(self.devices)):
            worker = Worker(number)
            worker.start()
            self.workers.append(worker)
