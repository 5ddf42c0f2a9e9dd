"""The workers wait for their tasks, and by the time that results are read they have ended."""

import multiprocessing as mp


def work(tasks, results):
    number = tasks.get(timeout=10)
    results.put(number * number)
    tasks.get()


def main():
    manager = mp.Manager()
    tasks, results = manager.Queue(), manager.Queue()
    worker = mp.Process(target=work, args=(tasks, results))
    worker.start()
    tasks.put(3)
    tasks.put(None)
    worker.join(30)
    if worker.is_alive():
        raise TimeoutError
    print(results.get())


if __name__ == "__main__":
    main()
