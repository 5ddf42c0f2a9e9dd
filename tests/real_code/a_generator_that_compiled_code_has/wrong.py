"""The same without the compiler."""

import multiprocessing

import numpy as np

context = multiprocessing.get_context("fork")


def draw(out):
    for at in range(out.size):
        out[at] = np.random.randint(9)  # MP705


def work(numbers):
    out = np.zeros(9)
    draw(out)
    numbers.put(out)


def main():
    numbers = context.Queue()
    processes = [context.Process(target=work, args=(numbers,)) for _ in range(4)]
    for process in processes:
        process.start()
    print([numbers.get(timeout=9) for _ in processes])
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
