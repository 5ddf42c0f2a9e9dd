import multiprocessing as mp, threading, say

def work():
    lock = threading.Lock()
    lock.acquire()
    say.mark()
    lock.acquire()

if __name__ == "__main__":
    p = mp.Process(target=work)
    p.start()
    p.join()
