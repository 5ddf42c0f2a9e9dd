"""Each of two processes counts in a place of its own."""

import multiprocessing as mp


def left(counts):
    for _ in range(1000):
        counts[0] += 1


def right(counts):
    for _ in range(1000):
        counts[1] += 1


if __name__ == "__main__":
    counts = mp.RawArray("i", 2)
    workers = [mp.Process(target=left, args=(counts,)), mp.Process(target=right, args=(counts,))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(10)
    print(list(counts))
