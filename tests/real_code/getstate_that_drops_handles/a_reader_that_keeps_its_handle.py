import multiprocessing as mp


class Reader:
    def __init__(self, path):
        self.path = path
        self.handle = open(path, "rb")

    def read(self, offset):
        self.handle.seek(offset)
        return self.handle.read(16)


def read(reader, offset):
    return reader.read(offset)


def run(path, offsets):
    reader = Reader(path)
    with mp.Pool(2) as pool:
        return pool.starmap(read, [(reader, offset) for offset in offsets])  # MP102
