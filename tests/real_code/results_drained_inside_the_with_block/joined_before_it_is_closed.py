import multiprocessing as mp


def square(number):
    return number * number


def main(numbers):
    with mp.Pool(2) as pool:
        drained = sorted(pool.imap_unordered(square, numbers))
        pool.join()  # MP302
    return drained


if __name__ == "__main__":
    main(range(3))
