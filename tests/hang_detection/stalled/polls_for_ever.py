import multiprocessing as mp, time

def work(lock):
    lock.acquire()

if __name__ == "__main__":
    lock = mp.Lock()
    lock.acquire()
    p = mp.Process(target=work, args=(lock,))
    p.start()
    while p.is_alive():
        time.sleep(0.05)
