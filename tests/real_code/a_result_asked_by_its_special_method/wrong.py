"""Nobody asks."""

import multiprocessing as mp


def work(item):
    return 1 / item


def main(items):
    with mp.Pool() as pool:
        results = pool.imap_unordered(work, items)  # MP304
        pool.close()
        pool.join()
        print(results)


if __name__ == "__main__":
    main([1, 2])
