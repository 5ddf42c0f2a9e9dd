import multiprocessing as mp


def produce(results, count):
    for number in range(count):
        results.put([number] * 100)


def main():
    with mp.Manager() as manager:
        results = manager.Queue()
        lists = manager.list()
        workers = [mp.Process(target=produce, args=(results, 10_000)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        lists.append(1)
        return [results.get(timeout=1) for _ in range(20_000)]


if __name__ == "__main__":
    main()
