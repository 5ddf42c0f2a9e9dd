import multiprocessing

from .work import functions
from .work.functions import step


def run():
    with multiprocessing.Pool(2) as pool:
        pool.map(functions.step, range(3))  # MP101
        pool.map(step, range(3))  # MP101
