import multiprocessing
import sqlite3
import threading


def main(path):
    ctx = multiprocessing.get_context("fork")
    handle = open(path, "a")
    lock = threading.Lock()
    connection = sqlite3.connect(":memory:")

    def work():
        print("from the child", handle)

    processes = [
        ctx.Process(target=work),
        ctx.Process(target=print, args=(handle, lock, connection, (line for line in "ab"))),
        multiprocessing.get_context(method="fork").Process(target=lambda: lock.acquire()),
        multiprocessing.context.ForkProcess(target=handle.close),
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=5)


def main_with_initializer(values, handle):
    ctx = multiprocessing.get_context("fork")
    with ctx.Pool(2, initializer=lambda: handle.flush()) as pool:
        return pool.map(abs, values)
