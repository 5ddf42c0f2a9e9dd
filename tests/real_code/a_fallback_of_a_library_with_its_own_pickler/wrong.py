try:
    from torch.multiprocessing import Pool
except ImportError:
    from multiprocessing.pool import Pool


def main():
    with Pool(2) as pool:
        print(pool.map(lambda n: n * n, [1, 2]), flush=True)  # MP101


if __name__ == "__main__":
    main()
