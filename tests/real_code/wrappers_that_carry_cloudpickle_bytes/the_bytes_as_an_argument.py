import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

import cloudpickle


def call(data, *args):
    return cloudpickle.loads(data)(*args)


class Task:
    def __init__(self, function):
        self.data = cloudpickle.dumps(function)

    def __call__(self, *args):
        return cloudpickle.loads(self.data)(*args)


def run(values, offset):
    def shifted(value):
        return value + offset

    data = cloudpickle.dumps(shifted)
    task = Task(lambda value: value * offset)
    with ProcessPoolExecutor(2) as executor:
        first = executor.submit(call, data, 1).result(timeout=10)
        second = list(executor.map(task, values))
    with mp.get_context("spawn").Pool(2) as pool:
        third = pool.starmap(call, [(data, value) for value in values])
    return first, second, third
