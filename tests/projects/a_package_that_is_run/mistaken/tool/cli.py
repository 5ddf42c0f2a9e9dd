import multiprocessing


def main():
    with multiprocessing.Pool(2) as pool:
        print(pool.map(abs, range(3)))
