import multiprocessing
import subprocess
import threading

import psutil
from twisted.internet.protocol import ProcessProtocol
from supervisor.process import Subprocess


class Process:
    def __init__(self, target=None, args=()):
        self.target = target
        self.args = args

    def start(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        self.target(*self.args)

    def join(self, timeout=None):
        self.thread.join(timeout)


class Step(Process):
    def __init__(self, name):
        self.name = name
        self.daemon = True

    def run(self):
        print(self.name)


class Watched(Subprocess):
    def __init__(self, config):
        self.daemon = config


class Pipeline:
    def run(self):
        for step in (Step("one"), Step("two")):
            step.run()


def main(pid):
    process = Process(target=lambda: print("here"), args=(3))
    process.start()
    process.start()
    process.join()
    step = Step("third")
    step.join()
    Pipeline().run()
    handle = psutil.Process(pid)
    handle.terminate()
    handle.wait()
    shell = subprocess.Popen(["true"])
    shell.terminate()
    return multiprocessing.cpu_count(), ProcessProtocol


if __name__ == "__main__":
    main(1)
