"""One process writes to a rotating file what the workers send."""

import logging
import logging.handlers
import multiprocessing as mp


def work(records, n):
    log = logging.getLogger("jobs")
    log.addHandler(logging.handlers.QueueHandler(records))
    log.warning("worker %d", n)


def main(path):
    records = mp.Queue()
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=1000, backupCount=3)
    listener = logging.handlers.QueueListener(records, handler)
    listener.start()
    processes = [mp.Process(target=work, args=(records, n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
    listener.stop()


if __name__ == "__main__":
    main("jobs.log")
