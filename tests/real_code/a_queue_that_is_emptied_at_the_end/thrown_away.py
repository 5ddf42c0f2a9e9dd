"""What is left in a queue is thrown away before it is closed."""

import multiprocessing as mp


def work(results, stop):
    while not stop.is_set():
        results.put(1)


if __name__ == "__main__":
    results, stop = mp.Queue(), mp.Event()
    process = mp.Process(target=work, args=(results, stop), daemon=True)
    process.start()
    print(results.get(timeout=20))
    stop.set()
    while not results.empty():
        _ = results.get(timeout=1)
    process.join(timeout=20)
