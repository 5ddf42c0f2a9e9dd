multiprocessing = None


def _load():
    global multiprocessing
    if multiprocessing is None:
        import multiprocessing as loaded

        multiprocessing = loaded


def fill(queue, count):
    for number in range(count):
        queue.put([number] * 100)


def collect(count):
    _load()
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=fill, args=(queue, count))
    worker.start()
    worker.join()  # MP401
    return [queue.get(timeout=1) for _ in range(count)]


def collect_well(count):
    _load()
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=fill, args=(queue, count))
    worker.start()
    rows = [queue.get(timeout=1) for _ in range(count)]
    worker.join(timeout=5)
    return rows
