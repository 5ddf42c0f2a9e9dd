import multiprocessing as mp
import time


def produce(results, count):
    for number in range(count):
        results.put([number] * 100)


def start(results, count):
    workers = [mp.Process(target=produce, args=(results, count)) for _ in range(4)]
    for worker in workers:
        worker.start()
    return workers


def wait_for_all(count):
    results = mp.Queue()
    workers = start(results, count)
    while any(worker.is_alive() for worker in workers):  # MP401
        time.sleep(0.1)
    return results.get(timeout=1)


def read_until_all_have_ended(count):
    results = mp.Queue()
    workers = start(results, count)
    while any([worker.is_alive() for worker in workers]):
        print(results.get(timeout=1))


def ask_once(count):
    results = mp.Queue()
    workers = start(results, count)
    for worker in workers:
        if not worker.is_alive():
            print(worker.name, "is over")
    print([worker.is_alive() for worker in workers])
    return [results.get(timeout=1) for _ in range(4 * count)]
