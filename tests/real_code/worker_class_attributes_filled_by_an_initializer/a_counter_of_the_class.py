import multiprocessing as mp


class Progress:
    counter = None

    @classmethod
    def attach(cls, counter):
        cls.counter = counter

    @classmethod
    def step(cls, item):
        cls.counter.value += 1  # MP601
        return item


def run(items):
    counter = mp.Value("i", 0)
    with mp.Pool(2, initializer=Progress.attach, initargs=(counter,)) as pool:
        pool.map(Progress.step, items)
    return counter.value
