import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def shared(worker, buffers, pipe=None):
    print(worker, buffers, pipe, flush=True)


def direct(pipe, consolidate=True):
    print(pipe, consolidate, flush=True)


def scale(a, b):
    print(a, b, flush=True)


class Group:
    def __init__(self, buffers):
        self.buffers = buffers
        self.processes = []

    def start(self):
        function = shared if self.buffers else direct
        kwargs = [{"pipe": n} for n in range(2)]
        if self.buffers:
            for n in range(2):
                kwargs[n].update({"worker": n})
        for n in range(2):
            if self.buffers:
                kwargs[n].update({"buffers": self.buffers})
            else:
                kwargs[n].update({"consolidate": False})
            process = multiprocessing.Process(target=function, kwargs=kwargs[n])
            process.start()
            self.processes.append(process)

    def stop(self):
        for process in self.processes:
            process.join()


def options_of(count):
    options = {"a": 1}
    options.update(dict([("b", count)]))
    return options


def parts(row):
    whole = (1, 2, 3)
    changed = {"a": 1, "b": 2}
    other = changed.copy()
    other["c"] = 3
    changed.pop("c", None)
    return [
        multiprocessing.Process(target=scale, args=whole[1:]),
        multiprocessing.Process(target=scale, args=row[:2]),
        multiprocessing.Process(target=scale, kwargs=changed),
        multiprocessing.Process(target=scale, kwargs=options_of(2)),
        multiprocessing.Process(target=scale, kwargs={**options_of(3)}),
    ]


if __name__ == "__main__":
    for group in (Group(None), Group([1])):
        group.start()
        group.stop()
    processes = parts([1, 2, 3, 4])
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    row = [1, 2, 3]
    with ProcessPoolExecutor(1) as executor:
        executor.submit(scale, *row[1:]).result()
