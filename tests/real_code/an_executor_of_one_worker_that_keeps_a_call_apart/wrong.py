"""Several workers are made for each call, and all but one of them do nothing."""

import concurrent.futures


def train(number):
    return number**2


def apart(function, *arguments):
    with concurrent.futures.ProcessPoolExecutor(max_workers=4) as executor:  # MP308
        return executor.submit(function, *arguments).result(timeout=60)  # MP307


def main(numbers):
    results = []
    for number in numbers:
        results.append(apart(train, number))
    return results


if __name__ == "__main__":
    print(main([1, 2, 3]))
