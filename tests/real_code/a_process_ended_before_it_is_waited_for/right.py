"""Whichever process it is, it has been told to end, has ended, or is known to: the join only reaps it."""

import multiprocessing as mp
from multiprocessing.connection import wait

from elsewhere import serve

SERVER = None


def start(method):
    global SERVER
    if method is not None:
        SERVER = mp.get_context(method).Process(target=serve, daemon=True)
    else:
        SERVER = mp.Process(target=serve, daemon=True)
    SERVER.start()


def stop(channel):
    global SERVER
    assert SERVER is not None
    SERVER.terminate()
    channel.shutdown()
    SERVER.join()
    SERVER = None


class Workers:
    def start(self, devices):
        processes = []
        for device in devices:
            process = mp.Process(target=serve, args=(device,), daemon=True)
            process.start()
            processes.append(process)
        return {"processes": processes}

    @staticmethod
    def stop(pool):
        for process in pool["processes"]:
            process.terminate()
        for process in pool["processes"]:
            process.join()
            process.close()

    def run(self, pool=None):
        if pool is None:
            pool = self.start([1, 2])
        self.stop(pool)


def first_to_end(devices):
    processes = [mp.Process(target=serve, args=(device,)) for device in devices]
    for process in processes:
        process.start()
    by_sentinel = {process.sentinel: process for process in processes}
    for sentinel in wait(list(by_sentinel)):
        by_sentinel[sentinel].join()
