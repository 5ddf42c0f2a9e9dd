"""A worker that fails puts its exception, which is a line or two, and ends."""

import multiprocessing as mp
import queue
import traceback


class Score:
    def __init__(self, records, errors):
        self.records = records
        self.errors = errors

    def __call__(self):
        while True:
            record = self.records.get(timeout=60)
            if record is None:
                break
            try:
                print(1 / record, flush=True)
            except Exception as e:
                self.errors.put(e)
                raise


def fill(paths, lines, errors):
    try:
        for path in paths:
            lines.put(open(path).readline())
    except OSError as e:
        errors.put(("fill", str(e), traceback.format_exc()))


def read(lines):
    while True:
        line = lines.get(timeout=60)
        if line is None:
            break
        print(line, flush=True)


def first_lines(paths):
    lines, errors = mp.Queue(), mp.Queue()
    filler = mp.Process(target=fill, args=(paths, lines, errors))
    reader = mp.Process(target=read, args=(lines,))
    filler.start()
    reader.start()
    filler.join()
    lines.put(None)
    reader.join()
    try:
        print("failed:", errors.get(timeout=1))
    except queue.Empty:
        print("all is well")


def main(records):
    tasks, errors = mp.Queue(), mp.Queue()
    workers = [mp.Process(target=Score(tasks, errors)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for record in records:
        tasks.put(record)
    for _ in workers:
        tasks.put(None)
    for worker in workers:
        worker.join()
    try:
        print("failed:", errors.get(timeout=1))
    except queue.Empty:
        print("all is well")


if __name__ == "__main__":
    main([1, 2, 0])
