import multiprocessing.dummy as mp
from multiprocessing import dummy
from multiprocessing.dummy import Pool as ThreadPool, Process


def run(values, handle):
    with ThreadPool(4) as pool:
        first = pool.map(lambda value: handle.write(value), values)
    pool = mp.Pool(2)
    second = pool.apply_async(lambda: handle.read())
    pool.close()
    pool.join()
    worker = Process(target=lambda: print("in a thread"))
    worker.start()
    worker.join()
    other = dummy.Process(target=handle.close, args=(open("/dev/null"),))
    other.start()
    other.join()
    return first, second


mp.Pool(1).map(lambda value: value, [1])
