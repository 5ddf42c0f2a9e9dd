from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool


def run(values, factor):
    with ThreadPool(2) as threads, Pool(2) as processes:
        first = threads.map(lambda value: value * factor, values)
        second = processes.map(lambda value: value * factor, values)  # MP101
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2) as processes:
        third = list(threads.map(lambda value: value * factor, values))
        fourth = list(processes.map(lambda value: value * factor, values))  # MP101 MP701
    return first, second, third, fourth
