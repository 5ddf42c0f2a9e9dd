"""What is sent last is a task like the others."""

import multiprocessing as mp


def work(function, tasks):
    while True:
        at, argument = tasks.get()  # MP402
        if at is None:
            break
        print(at, function(argument), flush=True)


def run(function, arguments):
    tasks = mp.Queue()
    worker = mp.Process(target=work, args=(function, tasks))
    worker.start()
    for at, argument in enumerate(arguments):
        tasks.put((at, argument))
    worker.join()  # MP201
