"""One method may leave early and send no sentinel; but where the process is waited for, the sentinel has been put."""

import multiprocessing as mp


def upload(tasks):
    while True:
        path = tasks.get()  # mplint: ignore[MP402] `Worker.run` may leave early
        if path is None:
            return
        print(path, flush=True)


class Worker:
    def __init__(self, items, finish):
        self.items = items
        self.finish = finish
        self.tasks = mp.Queue()

    def run(self):
        uploader = mp.Process(target=upload, args=(self.tasks,), daemon=False)
        uploader.start()
        for item in self.items:
            self.tasks.put(item)
        if not self.finish:
            return
        self.tasks.put(None)
        uploader.join()


def main(finish):
    work = Worker([1, 2, 3], finish)
    worker = mp.Process(target=work.run)
    worker.start()
    worker.join(10)
    print(worker.exitcode)


if __name__ == "__main__":
    main(True)
