import multiprocessing
x = (
