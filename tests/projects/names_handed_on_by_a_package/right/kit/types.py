import multiprocessing


class Worker(multiprocessing.Process):
    def run(self):
        self.result = 1
