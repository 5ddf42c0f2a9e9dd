import multiprocessing as mp


class Worker(mp.Process):
    def __init__(self, job):
        super().__init__(daemon=True)
        self.job = job
        self.ready = mp.Event()

    def start(self, timeout=10):
        result = mp.Process.start(self)
        if not self.ready.wait(timeout):
            self.terminate()
            raise RuntimeError("not ready")
        return result

    def run(self):
        self.ready.set()
        self.job()

    def stop(self):
        self.terminate()
        self.join(timeout=5)


class Restarting:
    def __init__(self, job):
        self.job = job
        self.worker = None

    def start(self):
        self.worker = Worker(self.job)
        self.worker.start(timeout=30)

    def restart(self):
        self.worker.stop()
        self.start()


def beep():
    print("beep", flush=True)


if __name__ == "__main__":
    runner = Restarting(beep)
    runner.start()
    runner.restart()
    runner.worker.stop()
