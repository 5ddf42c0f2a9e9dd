"""Every worker has the same rotating file."""

import logging
import logging.handlers
import multiprocessing as mp

log = logging.getLogger("jobs")
log.addHandler(logging.handlers.RotatingFileHandler("jobs.log", maxBytes=1000, backupCount=3))  # MP805


def work(n):
    log.warning("worker %d", n)


def main():
    processes = [mp.Process(target=work, args=(n,)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)


if __name__ == "__main__":
    main()
