"""A method waits for the one who puts work into the queue, and then another puts the sentinels."""

import multiprocessing as mp

SHUTDOWN = "SHUTDOWN"


class Base(mp.Process):
    def run(self):
        self.work()

    def work(self):
        raise NotImplementedError


class Submitter(Base):
    def __init__(self, requests, jobs):
        super().__init__()
        self.requests = requests
        self.jobs = jobs

    def work(self):
        while True:
            request = self.requests.get()
            if request == SHUTDOWN:
                return
            for number in range(request):
                self.submit(number=number)

    def submit(self, **job):
        self.jobs.put(job)


class Worker(Base):
    def __init__(self, jobs):
        super().__init__()
        self.jobs = jobs

    def work(self):
        while True:
            job = self.jobs.get()
            if job == SHUTDOWN:
                return
            print(job, flush=True)


class Downloader:
    def __init__(self):
        self.requests = mp.Queue(1000)
        self.jobs = mp.Queue(1000)
        self.started = False
        self.submitter = None
        self.workers = []

    def download(self, number):
        if not self.started:
            self.start()
        self.requests.put(number)

    def start(self):
        self.submitter = Submitter(self.requests, self.jobs)
        self.submitter.start()
        for _ in range(2):
            worker = Worker(self.jobs)
            worker.start()
            self.workers.append(worker)
        self.started = True

    def shutdown(self):
        if self.started:
            self.shutdown_submitter()
            self.shutdown_workers()
            self.started = False

    def shutdown_submitter(self):
        self.requests.put(SHUTDOWN)
        self.submitter.join()

    def shutdown_workers(self):
        for _ in self.workers:
            self.jobs.put(SHUTDOWN)
        for worker in self.workers:
            worker.join()

