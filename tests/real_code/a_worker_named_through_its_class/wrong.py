"""`self.__class__` leads to the worker, which waits for what nobody is sure to put."""

import multiprocessing as mp


class Model:
    def run(self, post):
        tasks = mp.Queue()
        process = mp.Process(target=self.__class__.work, args=(tasks,))
        process.start()
        post(process.pid)
        process.join()  # MP201

    @staticmethod
    def work(tasks):
        print(tasks.get(), flush=True)  # MP402
