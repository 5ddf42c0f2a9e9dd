import multiprocessing as mp


class Wrong(Exception):
    def __init__(self, a, b, c):
        super().__init__(a, b)
        self.c = c


def work(n):
    raise Wrong(n, 2, 3)


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        pool.map(work, [1])
