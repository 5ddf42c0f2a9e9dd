import multiprocessing as mp


def work():
    return 1


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, [1]))
