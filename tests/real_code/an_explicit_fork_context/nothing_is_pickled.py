import multiprocessing
import sqlite3
import threading


def main(path):
    ctx = multiprocessing.get_context("fork")
    handle = open(path, "a")
    lock = threading.Lock()
    connection = sqlite3.connect(":memory:")

    def work():
        handle.write("from the child\n")  # MP706

    processes = [
        ctx.Process(target=work),
        ctx.Process(target=print, args=(handle, lock, connection)),
        multiprocessing.get_context(method="fork").Process(target=lambda: lock.acquire()),
        multiprocessing.context.ForkProcess(target=handle.write, args=((line for line in "ab"),)),
    ]
    for process in processes:
        process.start()  # MP706
    for process in processes:
        process.join(timeout=5)


def main_with_initializer(values, handle):
    ctx = multiprocessing.get_context("fork")
    with ctx.Pool(2, initializer=lambda: handle.flush()) as pool:
        return pool.map(abs, values)
