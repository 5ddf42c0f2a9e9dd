import gc
import multiprocessing as mp
from multiprocessing.pool import ThreadPool


def work(n):
    return n


def leave(pool):
    pool.map(work, [1])


if __name__ == "__main__":
    leave(mp.get_context("fork").Pool(1))
    gc.collect()
    leave(ThreadPool(1))
    gc.collect()
    closed = mp.get_context("fork").Pool(1)
    closed.close()
    closed.join()
    del closed
    # Not left to the end of the interpreter: whether Python still warns then differs from run to run.
    leave(mp.get_context("fork").Pool(1))
    gc.collect()
    print("end")
