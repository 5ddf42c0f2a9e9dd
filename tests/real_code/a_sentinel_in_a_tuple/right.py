"""Each worker is sent a tuple that tells it to end."""

import multiprocessing as mp


def work(function, tasks, results):
    while True:
        at, argument = tasks.get()
        if at is None:
            break
        results.put((at, function(argument)))


def run(function, arguments, count):
    tasks, results = mp.Queue(), mp.Queue()
    workers = [mp.Process(target=work, args=(function, tasks, results)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for at, argument in enumerate(arguments):
        tasks.put((at, argument))
    for _ in range(count):
        tasks.put((None, None))
    found = [results.get() for _ in arguments]
    for worker in workers:
        worker.join()
    return found


def serve(connection):
    while True:
        command, data = connection.recv()
        if command == "close":
            connection.send(data)
            break
        connection.send([data])


class Remote:
    def __init__(self):
        self.here, there = mp.Pipe()
        self.process = mp.Process(target=serve, args=(there,))
        self.process.start()

    def close(self):
        self.here.send(["close", None])
        self.here.recv()
        self.process.join()
