import multiprocessing as mp


class Base:
    @classmethod
    def make(cls, *args):
        return cls(*args)

    @classmethod
    def work(cls):
        print(cls.__name__, flush=True)

    def run(self):
        self.work()


class Worker(Base, mp.Process):
    def __init__(self, n):
        super().__init__()
        self.n = n

    @classmethod
    def make(cls, *args):
        return super().make(*args)


if __name__ == "__main__":
    w = Worker.make(1)
    w.start()
    w.join(3)
