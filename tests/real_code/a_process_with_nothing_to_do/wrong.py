"""The target would do something."""

from multiprocessing import Process


def tidy():
    print("tidy", flush=True)


def in_background():
    process = Process(target=tidy)  # MP203
    return not process.daemon
