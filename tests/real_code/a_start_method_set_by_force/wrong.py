"""Without force, the method that was set first holds."""

import multiprocessing

import numpy as np

try:
    multiprocessing.set_start_method("fork")
except RuntimeError:
    pass

try:
    multiprocessing.set_start_method("spawn")
except RuntimeError:
    pass


def work(numbers):
    numbers.put(np.random.choice(3))  # MP705


def main():
    numbers = multiprocessing.Queue()
    np.random.rand()
    processes = [multiprocessing.Process(target=work, args=(numbers,)) for _ in range(4)]
    for process in processes:
        process.start()
    print([numbers.get(timeout=9) for _ in processes])
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
