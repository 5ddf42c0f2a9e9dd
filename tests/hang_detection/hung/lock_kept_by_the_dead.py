import multiprocessing as mp, os, say

def work(lock):
    lock.acquire()
    os._exit(0)

if __name__ == "__main__":
    lock = mp.Lock()
    p = mp.Process(target=work, args=(lock,))
    p.start()
    p.join()
    say.mark()
    lock.acquire()
