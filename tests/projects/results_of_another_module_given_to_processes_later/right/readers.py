from functools import partial


def split(separator, line):
    return line.split(separator)


def make_reader(separator):
    return partial(split, separator)


class Table:
    def __init__(self, path):
        self.path = path

    def rows(self, line):
        return line.strip()


class Plan:
    def __init__(self, step):
        self.step = step
        self.show = lambda number: print(number)

    def work(self, number):
        return number * self.step

    def all(self, pool, numbers):
        return pool.map(abs, numbers)
