import multiprocessing as mp


def f(
    x = mp.Queue()
    y = (
