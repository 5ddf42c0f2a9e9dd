import multiprocessing
import threading


def square(n):
    return n * n


def use_pool(results):
    with multiprocessing.Pool(1) as pool:
        results.extend(pool.map(square, range(3)))


def ask(pool, n, results):
    results.append(pool.apply(square, (n,)))


def main():
    results = []
    threads = []
    for _ in range(4):
        threads.append(threading.Thread(target=use_pool, args=(results,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with multiprocessing.Pool(2) as pool:
        for n in range(4):
            threading.Thread(target=ask, args=(pool, n, results)).start()
        while len(results) < 16:
            pass
    print(results)


if __name__ == "__main__":
    main()
