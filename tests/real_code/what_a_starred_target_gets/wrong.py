"""The last of it is no argument of the function, and is given as one."""

import multiprocessing as mp


def spin(name):
    print(name, flush=True)


def work():
    return spin, "wheel", 3


if __name__ == "__main__":
    target, *args = work()
    process = mp.Process(target=target, args=args)  # MP110
    process.start()
    process.join(10)
