import multiprocessing as mp


def produce(results, count):
    for number in range(count):
        results.put([number] * 100)


def main():
    results = mp.SimpleQueue()
    worker = mp.Process(target=produce, args=(results, 10_000))
    worker.start()
    worker.join()  # MP401
    rows = []
    while not results.empty():
        rows.append(results.get())
    return rows


if __name__ == "__main__":
    main()
