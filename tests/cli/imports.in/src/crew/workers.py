import multiprocessing as mp


def work():
    print("work", flush=True)


def run_all():
    process = mp.Process(target=work)
    process.start()
    process.join()


def count():
    return 2
