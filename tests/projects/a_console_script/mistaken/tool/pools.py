from multiprocessing import Pool


def run():
    with Pool(2) as pool:  # MP001
        print(pool.map(abs, range(3)))
