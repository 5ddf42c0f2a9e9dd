"""The joins come after the sentinels; where the worker leaves early, nobody puts one."""

import multiprocessing as mp


def upload(tasks):
    while True:
        path = tasks.get()  # MP402
        if path is None:
            return
        print("uploaded", path, flush=True)


class Worker:
    def __init__(self, items, finish):
        self.items = items
        self.finish = finish
        self.tasks = []
        self.uploaders = []

    def start(self):
        for _ in range(2):
            tasks = mp.Queue()
            uploader = mp.Process(target=upload, args=(tasks,))
            uploader.start()
            self.tasks.append(tasks)
            self.uploaders.append(uploader)

    def send(self, item):
        self.tasks[item % 2].put(item)

    def run(self):
        self.start()
        for item in self.items:
            self.send(item)
        if not self.finish:
            return
        for tasks in self.tasks:
            tasks.put(None)
        for uploader in self.uploaders:
            uploader.join()


def main(finish):
    work = Worker([1, 2, 3], finish)
    worker = mp.Process(target=work.run)
    worker.start()
    worker.join(10)


if __name__ == "__main__":
    main(True)
