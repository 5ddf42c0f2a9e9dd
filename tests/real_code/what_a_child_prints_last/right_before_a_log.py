"""The child prints, writes to the log and leaves."""

import logging
import multiprocessing as mp
import sys
import time

logger = logging.getLogger(__name__)


def work(orders):
    while True:
        try:
            order = orders.get(timeout=60)
        except BaseException:
            print("no order")
            logger.debug("leaving with code 1")
            mp.util.debug("leaving with code 1")
            sys.exit(1)
        if order is None:
            return
        time.sleep(order)


def main():
    orders = mp.Queue()
    worker = mp.Process(target=work, args=(orders,))
    worker.start()
    orders.put(1)
    time.sleep(10)
    worker.terminate()


if __name__ == "__main__":
    main()
