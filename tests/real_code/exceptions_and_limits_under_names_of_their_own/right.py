"""The executor is not waited for where the time is up."""

import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLate

PATIENCE = 1.5


def quote(symbol):
    time.sleep(8)
    return len(symbol)


def ask(future):
    try:
        return future.result(PATIENCE)
    except TooLate:
        return 0


def main():
    desk = ProcessPoolExecutor(1)
    try:
        print(ask(desk.submit(quote, "ABC")), flush=True)
    finally:
        desk.shutdown(wait=False, cancel_futures=True)


if __name__ == "__main__":
    main()
