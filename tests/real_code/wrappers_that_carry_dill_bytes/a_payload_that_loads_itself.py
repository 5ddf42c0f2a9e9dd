import multiprocessing

import dill


class DillPayload:
    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        return (dill.loads, (dill.dumps(self.function),))


class Encoded(object):
    def __init__(self, function):
        self._data = dill.dumps(function)

    def __call__(self, item):
        return dill.loads(self._data)(item)


def call(function, item):
    return function(item)


def main(items, factor):
    def scale(item):
        return item * factor

    with multiprocessing.Pool(2) as pool:
        first = pool.map(Encoded(scale), items)
        second = pool.apply(call, (DillPayload(scale), items[0]))
    process = multiprocessing.get_context("spawn").Process(target=Encoded(scale), args=(3,))
    process.start()
    process.join(timeout=10)
    return first, second
