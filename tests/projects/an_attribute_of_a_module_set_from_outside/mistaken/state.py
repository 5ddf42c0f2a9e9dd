import multiprocessing

context = multiprocessing


class Registry:
    context = None
