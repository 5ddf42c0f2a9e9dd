"""What the process runs is the caller's, and its number is only printed."""

import multiprocessing as mp


def run(function, arguments):
    process = mp.Process(target=function, args=arguments)
    process.start()
    print(process.pid)
    process.join()  # MP201
