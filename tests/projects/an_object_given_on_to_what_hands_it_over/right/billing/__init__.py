import multiprocessing


def open_pool(setup, url):
    return multiprocessing.Pool(2, initializer=setup.connect, initargs=(url,))


class Biller:
    def __init__(self, setup):
        self.setup = setup

    def bill(self, tenants):
        with multiprocessing.Pool(2, self.setup.connect, ("db://bills",)) as pool:
            return pool.map(len, tenants)
