import multiprocessing

START = multiprocessing.Manager()  # MP001


def work(n):
    return n
