import multiprocessing as mp


class Progress:
    counter = None
    lock = None
    log = None

    @classmethod
    def attach(cls, counter, lock, path):
        cls.counter = counter
        cls.lock = lock
        cls.log = open(path, "a")

    @classmethod
    def step(cls, item):
        with cls.lock:
            cls.counter.value += 1
            cls.log.write(f"{item}\n")
        return item


class Shared:
    counter = None


def attach(counter):
    Shared.counter = counter


def step(item):
    with Shared.counter.get_lock():
        Shared.counter.value += 1
    return item


def run(items):
    counter = mp.Value("i", 0)
    with mp.Pool(2, initializer=Progress.attach, initargs=(counter, mp.Lock(), "/tmp/log")) as pool:
        pool.map(Progress.step, items)
    with mp.Pool(2, initializer=attach, initargs=(counter,)) as pool:
        pool.map(step, items)
    return counter.value
