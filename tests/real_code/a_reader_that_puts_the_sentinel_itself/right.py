"""The results are all there; the reader marks their end itself."""

import multiprocessing as mp


class Pipeline:
    def __init__(self, jobs, functions):
        self.jobs = jobs
        self.functions = functions

    def worker(self, tasks, results):
        while True:
            at = tasks.get()
            if at == "STOP":
                return
            results.put((at, self.functions[at]()))

    def run(self):
        manager = mp.Manager()
        tasks = manager.Queue()
        results = manager.Queue()
        workers = [mp.Process(target=self.worker, args=(tasks, results)) for _ in range(self.jobs)]
        for at in range(len(self.functions)):
            tasks.put(at)
        for _ in workers:
            tasks.put("STOP")
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        results.put("STOP")
        return sorted(iter(results.get, "STOP"))
