"""The sentinel is an object of a class that stands for nothing else."""

import multiprocessing as mp


class Shutdown:
    pass


class Stop:
    def __init__(self, reason="done"):
        self.reason = reason


def fill(items, count, tasks):
    for item in items:
        tasks.put((item, [item]))
    for _ in range(count):
        tasks.put(Shutdown())


def consume(tasks):
    while True:
        event = tasks.get()
        if isinstance(event, Shutdown):
            break
        number, data = event
        print(number, data, flush=True)


def serve(orders):
    while True:
        order = orders.get()
        if isinstance(order, str):
            print(order, flush=True)
        elif isinstance(order, Stop):
            return
        else:
            print(len(order), flush=True)


def main(items, count):
    tasks = mp.Queue()
    workers = []
    for _ in range(count):
        worker = mp.Process(target=consume, args=(tasks,))
        worker.start()
        workers.append(worker)
    fill(items, count, tasks)
    for worker in workers:
        worker.join()

    orders = mp.Queue()
    server = mp.Process(target=serve, args=(orders,))
    server.start()
    orders.put("one")
    orders.put([1, 2])
    orders.put(Stop())
    server.join()


if __name__ == "__main__":
    main([1, 2, 3], 2)
