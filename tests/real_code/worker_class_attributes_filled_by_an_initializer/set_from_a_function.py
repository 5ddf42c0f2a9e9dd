import multiprocessing as mp


class Shared:
    counter = None
    lock = None


def attach(counter):
    Shared.counter = counter


def step(item):
    Shared.counter.value += 1  # MP601
    return item


def run(items):
    counter = mp.Value("i", 0)
    with mp.Pool(2, attach, (counter,)) as pool:
        pool.map(step, items)
    return counter.value
