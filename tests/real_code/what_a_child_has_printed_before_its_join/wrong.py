"""The processes are ended before they have been waited for."""

import multiprocessing as mp
import time


def work(rank):
    print("rank", rank)  # MP801
    time.sleep(1)


def main():
    workers = []
    for rank in range(2):
        worker = mp.Process(target=work, args=(rank,))
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
