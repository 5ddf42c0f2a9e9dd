import multiprocessing as mp, say

if __name__ == "__main__":
    for _ in range(4):
        pool = mp.Pool(2)
        say.pool(pool)
        pool.map(abs, range(10))
        pool.close()
        pool.join()
