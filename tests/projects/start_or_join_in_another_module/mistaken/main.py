from multiprocessing import Process

import helpers


def work(n):
    return n


if __name__ == "__main__":
    workers = [Process(target=work, args=(n,)) for n in range(3)]
    helpers.join_all(workers)
