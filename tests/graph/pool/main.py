from multiprocessing import Pool


def square(number):
    return number * number


def prepare(level):
    print("ready at", level)


if __name__ == "__main__":
    with Pool(4, initializer=prepare, initargs=(3,)) as pool:
        print(pool.map(square, range(10)))
        later = pool.apply_async(square, (7,))
        print(later.get(timeout=10))
        print(pool.map(lambda number: -number, range(10)))
