import multiprocessing


def main():
    with multiprocessing.Pool(2) as pool:  # MP001
        print(pool.map(abs, range(3)))
