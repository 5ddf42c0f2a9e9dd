from multiprocessing import Pool

POOL = None


def begin():
    global POOL
    POOL = Pool(2)


def wait():
    POOL.join()
