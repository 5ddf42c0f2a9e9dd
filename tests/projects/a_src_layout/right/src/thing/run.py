from multiprocessing import Process

from thing.jobs import work


def run():
    process = Process(target=work)
    process.start()
    process.join(5)
