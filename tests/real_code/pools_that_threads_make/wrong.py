import multiprocessing
import threading


def square(n):
    return n * n


def use_pool(results):
    with multiprocessing.Pool(2) as pool:  # MP308
        results.extend(pool.map(square, range(3)))


def ask(pool, n, results):
    results.append(pool.apply(square, (n,)))  # MP307


def serve(results):
    for name in ("a", "b", "c", "d"):
        print(name)
        use_pool(results)


def main():
    results = []
    thread = threading.Thread(target=serve, args=(results,))
    thread.start()
    with multiprocessing.Pool(2) as pool:  # MP701
        for n in range(4):
            ask(pool, n, results)
    thread.join()


if __name__ == "__main__":
    main()
