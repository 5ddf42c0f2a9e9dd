import multiprocessing as mp, say

class Broken(Exception):
    def __init__(self, a, b):
        super().__init__("no arguments kept")

def work(n):
    raise Broken(1, 2)

if __name__ == "__main__":
    with mp.Pool(1) as pool:
        say.pool(pool)
        say.mark()
        pool.apply(work, (1,))
