"""A script configures logging and starts its worker."""

import logging
import multiprocessing as mp


def work(n):
    logging.debug("working on %d", n)  # MP806


def main():
    process = mp.Process(target=work, args=(1,))
    process.start()
    process.join(timeout=20)
    print(process.exitcode)


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    main()
