from multiprocessing import Process

from thing.jobs import work


def run():
    process = Process(target=work())  # MP106
    process.start()
    process.join(5)
