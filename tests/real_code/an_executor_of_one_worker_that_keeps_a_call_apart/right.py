"""Each call has a process to itself, whose memory goes back when it ends: no more than one was wanted."""

import concurrent.futures
import multiprocessing


def train(number):
    return number**2


def apart(function, *arguments):
    with concurrent.futures.ProcessPoolExecutor(max_workers=1) as executor:
        return executor.submit(function, *arguments).result(timeout=60)


def in_a_pool(numbers):
    results = []
    for number in numbers:
        with multiprocessing.Pool(processes=1) as pool:
            results.append(pool.apply(train, (number,)))
    return results


def main(numbers):
    results = []
    for number in numbers:
        results.append(apart(train, number))
    return results + in_a_pool(numbers)


if __name__ == "__main__":
    print(main([1, 2, 3]))
