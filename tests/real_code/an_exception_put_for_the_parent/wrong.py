"""The name that held the exception holds the result by then."""

import multiprocessing as mp


def work(number, results):
    try:
        result = [number] * 100_000
    except Exception as error:
        result = error
    results.put(result)


def main():
    results = mp.Queue()
    worker = mp.Process(target=work, args=(3, results))
    worker.start()
    worker.join()  # MP401
    print(len(results.get(timeout=1)))


if __name__ == "__main__":
    main()
