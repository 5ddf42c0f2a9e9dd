import multiprocessing as mp


def produce(results, rows):
    for row in rows:
        results.put(row)


def gather(parts):
    results = mp.Queue()
    producers = {index: mp.Process(target=produce, args=(results, part)) for index, part in enumerate(parts)}
    _ = {index: producer.start() for index, producer in producers.items()}
    rows = [results.get(timeout=1) for part in parts for _ in part]
    codes = {index: producer.join() for index, producer in producers.items()}
    return rows, codes


def started(target, count):
    processes = tuple(mp.Process(target=target) for _ in range(count))
    any(process.start() for process in processes)
    return processes
