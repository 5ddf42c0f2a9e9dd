from multiprocessing import Process


class Base(Process):
    pass
