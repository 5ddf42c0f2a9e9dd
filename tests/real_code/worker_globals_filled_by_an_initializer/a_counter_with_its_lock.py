import multiprocessing as mp

_counter = None
_lock = None


def _init(counter, lock):
    global _counter, _lock
    _counter = counter
    _lock = lock


def _count(line):
    with _lock:
        _counter.value += 1
    with _counter.get_lock():
        _counter.value += len(line)
    return len(line)


def count(lines):
    counter = mp.Value("i", 0)
    with mp.Pool(4, initializer=_init, initargs=(counter, mp.Lock())) as pool:
        lengths = pool.map(_count, lines)
    return counter.value, sum(lengths)
