import multiprocessing as mp


async def work(n):
    yield n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        pool.map(work, [1])
