"""A piece of work is a function and its arguments in one tuple."""

import multiprocessing as mp


def spin(name, turns):
    for _ in range(turns):
        print(name, flush=True)


def work():
    return spin, "wheel", 3


if __name__ == "__main__":
    target, *args = work()
    process = mp.Process(target=target, args=args)
    process.start()
    process.join(10)
