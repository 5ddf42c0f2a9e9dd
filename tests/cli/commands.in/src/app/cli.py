import multiprocessing as mp


def work(n):
    return n * n


def main():
    with mp.Pool(2) as pool:
        print(pool.map(work, [1, 2]))
