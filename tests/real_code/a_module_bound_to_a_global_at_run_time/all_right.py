mp = None


def _import_multiprocessing():
    global mp
    try:
        import multiprocessing as mp
    except ImportError:
        mp = None


def square(number):
    return number * number


def run(numbers):
    _import_multiprocessing()
    if mp is None:
        return [square(number) for number in numbers]
    with mp.Pool(2) as pool:
        return pool.map(square, numbers)


if __name__ == "__main__":
    print(run(range(10)))
