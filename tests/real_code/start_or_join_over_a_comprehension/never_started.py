import multiprocessing as mp


def work(number):
    print(number, flush=True)


def main(count):
    workers = [mp.Process(target=work, args=(number,)) for number in range(count)]
    [worker.join(5) for worker in workers]  # MP203


def main_with_start(count):
    workers = [mp.Process(target=work, args=(number,)) for number in range(count)]
    [worker.start() for worker in workers]
    assert all(worker.is_alive() or worker.exitcode is not None for worker in workers)
    [worker.join(5) for worker in workers]


if __name__ == "__main__":
    main(2)
    main_with_start(2)
