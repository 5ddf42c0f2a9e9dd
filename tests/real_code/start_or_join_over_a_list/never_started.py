import multiprocessing as mp


def work(number):
    print(number, flush=True)


def main():
    workers = []
    for number in range(3):
        workers += [mp.Process(target=work, args=(number,))]
    for worker in workers:
        worker.join(5)  # MP203


def main_with_start():
    workers = []
    for number in range(3):
        workers += [mp.Process(target=work, args=(number,))]
    for index in range(len(workers)):
        workers[index].start()
    while workers:
        workers.pop().join(5)


if __name__ == "__main__":
    main()
    main_with_start()
