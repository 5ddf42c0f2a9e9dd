import multiprocessing as mp


def _init(shared):
    globals().update(shared)


def _setup(progress, size):
    global PROGRESS, SIZE
    PROGRESS, SIZE = progress, size


def _step(index):
    PROGRESS.value += SIZE  # MP601
    return index


def run(count):
    progress = mp.RawValue("l", 0)
    with mp.get_context("spawn").Pool(2, _setup, (progress, 8)) as pool:
        for _ in pool.imap_unordered(_step, range(count)):
            pass
    return progress.value
