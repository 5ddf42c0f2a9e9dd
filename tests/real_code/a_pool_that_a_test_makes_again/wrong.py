import multiprocessing


def square(n):
    return n * n


def iterate(values, rounds):
    for _ in range(rounds):
        with multiprocessing.Pool(2) as pool:  # MP308
            values = pool.map(square, values)
    return values
