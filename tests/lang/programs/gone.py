import multiprocessing as mp


def work(n):
    return n


job = work
del work

if __name__ == "__main__":
    with mp.Pool(2) as pool:
        pool.map(job, [1])
