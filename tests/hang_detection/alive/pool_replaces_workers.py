import multiprocessing as mp, time, say

def work(n):
    time.sleep(0.1)

if __name__ == "__main__":
    with mp.Pool(2, maxtasksperchild=1) as pool:
        say.pool(pool)
        pool.map(work, range(8), chunksize=1)
