def make_reader(separator):
    def read(line):
        return line.split(separator)

    return read


class Table:
    def __init__(self, path):
        self.path = path
        self.convert = lambda cell: cell.strip()

    def rows(self, line):
        return self.convert(line)


class Plan:
    def __init__(self, step):
        self.step = step

    def work(self, number):
        return number * self.step

    def all(self, pool, numbers):
        return pool.map(self.work(1), numbers)  # MP106
