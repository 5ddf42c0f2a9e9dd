"""The sentinel is put while the one who puts work may still do so: behind it nobody reads, and one reader gets none."""

import multiprocessing as mp

SHUTDOWN = "SHUTDOWN"


class Submitter(mp.Process):
    def __init__(self, jobs):
        super().__init__()
        self.jobs = jobs

    def run(self):
        for number in range(10):
            self.jobs.put([number])


class Worker(mp.Process):
    def __init__(self, jobs):
        super().__init__()
        self.jobs = jobs

    def run(self):
        while True:
            job = self.jobs.get()  # MP402
            if job == SHUTDOWN:
                return
            print(job, flush=True)


class Downloader:
    def __init__(self):
        self.jobs = mp.Queue(1000)
        self.submitter = Submitter(self.jobs)
        self.workers = [Worker(self.jobs) for _ in range(2)]

    def start(self):
        self.submitter.start()
        for worker in self.workers:
            worker.start()

    def shutdown(self):
        self.submitter.join(10)
        if self.submitter.exitcode == 0:
            self.jobs.put(SHUTDOWN)
        for worker in self.workers:
            worker.join()  # MP201


def main():
    downloader = Downloader()
    downloader.start()
    downloader.shutdown()


if __name__ == "__main__":
    main()
