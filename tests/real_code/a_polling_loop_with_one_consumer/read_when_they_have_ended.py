import multiprocessing as mp
import time


def produce(results, count):
    for number in range(count):
        results.put([number] * 100)


def main(count):
    results = mp.Queue()
    worker = mp.Process(target=produce, args=(results, count))
    worker.start()
    while worker.is_alive():  # MP401
        time.sleep(0.01)
    rows = []
    while not results.empty():
        rows.append(results.get(timeout=1))
    return rows


if __name__ == "__main__":
    print(len(main(1000)))
