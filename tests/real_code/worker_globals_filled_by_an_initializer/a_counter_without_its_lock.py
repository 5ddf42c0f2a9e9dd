import multiprocessing as mp

_counter = None


def _init(counter):
    global _counter
    _counter = counter


def _count(line):
    _counter.value += 1  # MP601
    return len(line)


def count(lines):
    counter = mp.Value("i", 0)
    with mp.Pool(4, initializer=_init, initargs=(counter,)) as pool:
        lengths = pool.map(_count, lines)
    return counter.value, sum(lengths)
