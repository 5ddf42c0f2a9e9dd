"""The method that waits once more comes after the one that has put the sentinels."""

import multiprocessing as mp


def upload(tasks):
    while True:
        path = tasks.get()  # mplint: ignore[MP402] nobody puts a sentinel where nothing is uploaded
        if path is None:
            return
        print("uploaded", path, flush=True)


class Worker:
    def __init__(self, items, target):
        self.items = items
        self.target = target
        self.tasks = []
        self.uploaders = []

    def run(self):
        self.start()
        self.loop()
        self.finish()

    def start(self):
        for _ in range(2):
            tasks = mp.Queue()
            uploader = mp.Process(target=upload, args=(tasks,))
            uploader.start()
            self.tasks.append(tasks)
            self.uploaders.append(uploader)

    def loop(self):
        for item in self.items:
            self.tasks[item % 2].put([item])
        if self.target:
            for tasks in self.tasks:
                tasks.put(None)

    def finish(self):
        for uploader in self.uploaders:
            if uploader.is_alive():
                uploader.join()


def main():
    work = Worker([1, 2, 3], "target")
    worker = mp.Process(target=work.run)
    worker.start()
    worker.join(10)
    print(worker.exitcode)


if __name__ == "__main__":
    main()
