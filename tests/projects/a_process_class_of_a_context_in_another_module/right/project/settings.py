import multiprocessing

ctx = multiprocessing.get_context("spawn")
