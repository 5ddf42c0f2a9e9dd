import multiprocessing as mp


class Base:
    @classmethod
    def make(cls, *args):
        return cls(*args)

    @classmethod
    def work(cls):
        print(cls.__name__, flush=True)


class Worker(Base, mp.Process):
    def __init__(self, n):  # MP205
        self.n = n

    @classmethod
    def make(cls, *args):
        return super().make(*args)


if __name__ == "__main__":
    w = Worker.make(1)
    w.start()
    w.join(3)
