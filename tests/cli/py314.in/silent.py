import argparse
import logging
import multiprocessing as mp

verbose = False


def work(n):
    if verbose:
        logging.info("working on %d", n)
    return n * n


def main():
    global verbose
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", action="store_true")
    verbose = parser.parse_args().verbose
    with mp.Pool(2) as pool:
        print(pool.map(work, range(3)))


if __name__ == "__main__":
    main()
