import multiprocessing as mp, os, say

def work(n):
    if n == 2:
        os._exit(1)
    return n

if __name__ == "__main__":
    with mp.Pool(2) as pool:
        say.pool(pool)
        say.mark()
        pool.map(work, range(4), chunksize=1)
