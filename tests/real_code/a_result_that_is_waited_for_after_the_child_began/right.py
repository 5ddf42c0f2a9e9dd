"""The parent has the result before the child is made."""

import multiprocessing
import time

CONTEXT = multiprocessing.get_context("fork")
PENDING = {}


def forecast(today):
    time.sleep(1)
    return today + 1


def show(day):
    print(PENDING[day].get(), flush=True)


def main():
    with CONTEXT.Pool(1) as pool:
        PENDING["tomorrow"] = pool.apply_async(forecast, (21,))
        PENDING["tomorrow"].wait(timeout=30)
        display = CONTEXT.Process(target=show, args=("tomorrow",))
        display.start()
        display.join(timeout=6)
        display.kill()
        display.join()
        print(PENDING["tomorrow"].get(timeout=30), flush=True)


if __name__ == "__main__":
    main()
