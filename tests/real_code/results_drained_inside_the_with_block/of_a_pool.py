import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


def main(numbers):
    with mp.Pool(2) as pool:
        eager = pool.map(square, numbers)
        lazy = pool.imap_unordered(square, numbers)
        drained = sorted(lazy)
        pending = [pool.apply_async(square, (number,)) for number in numbers]
        got = [job.get(timeout=10) for job in pending]
        pool.close()
        pool.join()
    with ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(square, number) for number in numbers]
    later = [future.result(timeout=1) for future in futures]
    return eager, drained, got, later


if __name__ == "__main__":
    main(range(3))
