"""The limit is a constant with a fraction, and its exception is imported under another name."""

import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLate

PATIENCE = 1.5


def quote(symbol):
    time.sleep(8)
    return len(symbol)


def ask(future):
    try:
        return future.result(PATIENCE)  # MP317
    except TooLate:
        return 0


def main():
    with ProcessPoolExecutor(1) as desk:
        print(ask(desk.submit(quote, "ABC")), flush=True)


if __name__ == "__main__":
    main()
