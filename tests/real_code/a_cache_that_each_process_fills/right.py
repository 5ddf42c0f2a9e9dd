"""Each process keeps its own list of what it has set up."""

import logging
import multiprocessing as mp

known = []


def logger_of(name):
    logger = logging.getLogger(name)
    if name not in known:
        logger.addHandler(logging.StreamHandler())
        known.append(name)
    return logger


def work():
    logger_of("worker").warning("working")


if __name__ == "__main__":
    logger_of("main").warning("starting")
    process = mp.Process(target=work)
    process.start()
    process.join(20)
