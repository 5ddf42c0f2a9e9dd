"""The same test stands before both halves, and an exception skips the second."""

import multiprocessing as mp


def work(lock, text):
    if lock is not None:
        lock.acquire()  # MP501
    print(int(text), flush=True)
    if lock is not None:
        lock.release()


if __name__ == "__main__":
    lock = mp.Lock()
    processes = [mp.Process(target=work, args=(lock, str(n))) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
