"""The worker may still wait for something when its result is read."""

import multiprocessing as mp


def work(orders, results):
    number = orders.get()  # MP402
    results.put(number * number)


def main(post):
    orders, results = mp.Queue(), mp.Queue()
    worker = mp.Process(target=work, args=(orders, results))
    worker.start()
    post(worker.pid)
    value = results.get()  # MP402
    worker.join(10)
    return value
