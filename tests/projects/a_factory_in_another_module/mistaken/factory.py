import multiprocessing


def make(function, n):
    return multiprocessing.Process(target=function, args=(n))  # MP107
