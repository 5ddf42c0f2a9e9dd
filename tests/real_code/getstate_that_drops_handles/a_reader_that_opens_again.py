import multiprocessing as mp
import threading


class Reader:
    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.handle = open(path, "rb")

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["handle"]
        state.pop("lock", None)
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.lock = threading.Lock()
        self.handle = open(self.path, "rb")

    def read(self, offset):
        self.handle.seek(offset)
        return self.handle.read(16)


class Store:
    def __init__(self, path):
        self.path = path
        self.handle = open(path, "rb")

    def __reduce__(self):
        return (Store, (self.path,))


class IndexedReader(Reader):
    def __init__(self, path, index):
        super().__init__(path)
        self.index = index


def read(reader, offset):
    return reader.read(offset)


def run(path, offsets):
    reader = Reader(path)
    with mp.Pool(2) as pool:
        pool.apply(read, (Store(path), 1))
        pool.apply(read, args=(IndexedReader(path, {}), 1))
        return pool.starmap(read, [(reader, offset) for offset in offsets])
