"""`results.__next__(timeout)` asks as `next(timeout)` does."""

import multiprocessing as mp


def work(item):
    return 1 / item


def main(items):
    with mp.Pool() as pool:
        results = pool.imap_unordered(work, items)
        while True:
            try:
                print(results.__next__(30))
            except StopIteration:
                return


if __name__ == "__main__":
    main([1, 2])
