"""The item that is taken before the loop comes from a queue into which nobody puts."""

import multiprocessing as mp


def work(orders, tasks):
    orders.get()  # MP402
    task = tasks.get()
    while task is not None:
        print(task, flush=True)
        task = tasks.get()


def main(items):
    orders, tasks = mp.Queue(), mp.Queue()
    for item in items:
        tasks.put(item)
    tasks.put(None)
    worker = mp.Process(target=work, args=(orders, tasks))
    worker.start()
    worker.join()  # MP201


if __name__ == "__main__":
    main([1, 2, 3])
