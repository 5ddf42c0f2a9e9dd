"""Each of two processes has threads of its own and a queue for their errors."""

import multiprocessing as mp
import threading


def write(errors, n):
    if n < 0:
        errors.put("negative")


def run(n):
    errors = mp.Queue()
    threads = [threading.Thread(target=write, args=(errors, n)), threading.Thread(target=write, args=(errors, n))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not errors.empty():
        raise RuntimeError(errors.get(timeout=1))


if __name__ == "__main__":
    processes = [mp.Process(target=run, args=(n,)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
