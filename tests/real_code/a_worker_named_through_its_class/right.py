"""`self.__class__` and `type(self)` lead to the worker, which plainly ends."""

import multiprocessing as mp


class Model:
    def run(self, items):
        first = mp.Process(target=self.__class__.work, args=(items,))
        second = mp.Process(target=type(self).work, args=(items,))
        for process in (first, second):
            process.start()
        for process in (first, second):
            process.join()

    @staticmethod
    def work(items):
        for item in items:
            print(item, flush=True)
