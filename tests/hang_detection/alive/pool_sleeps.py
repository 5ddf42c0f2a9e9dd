import multiprocessing as mp, time, say

if __name__ == "__main__":
    with mp.Pool(2) as pool:
        say.pool(pool)
        pool.map(time.sleep, [0.3] * 4, chunksize=1)
        pool.close()
        pool.join()
