import multiprocessing as mp
import queue
import time


def produce(results, count):
    for number in range(count):
        results.put([number] * 100)


def main(count):
    results = mp.Queue()
    workers = [mp.Process(target=produce, args=(results, count)) for _ in range(4)]
    for worker in workers:
        worker.start()
    rows = []
    while any(worker.is_alive() for worker in workers) or not results.empty():
        try:
            rows.append(results.get_nowait())
        except queue.Empty:
            time.sleep(0.01)
    for worker in workers:
        worker.join()
    return rows


def main_until_empty(count):
    results = mp.Queue()
    worker = mp.Process(target=produce, args=(results, count))
    worker.start()
    rows = []
    while worker.is_alive():
        while not results.empty():
            rows.append(results.get(timeout=1))
        time.sleep(0.01)
    worker.join()
    return rows


if __name__ == "__main__":
    print(len(main(1000)), len(main_until_empty(1000)))
