"""One item is taken before the loop and one at the end of each round, until the sentinel comes."""

import multiprocessing as mp


def work(tasks, done):
    task = tasks.get(block=True, timeout=None)
    while task is not None:
        done.put(task)
        task = tasks.get(block=True, timeout=None)
    return True


def write(done):
    for item in iter(done.get, None):
        print(item, flush=True)


def main(items, count):
    tasks, done = mp.Queue(), mp.Queue()
    for item in items:
        tasks.put(item)
    [tasks.put(None) for _ in range(count)]
    workers = [mp.Process(target=work, args=(tasks, done)) for _ in range(count)]
    writer = mp.Process(target=write, args=(done,))
    try:
        writer.start()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        done.put(None)
        writer.join()
    except Exception:
        for worker in workers:
            worker.terminate()
        writer.terminate()
        raise


if __name__ == "__main__":
    main([1, 2, 3], 2)
