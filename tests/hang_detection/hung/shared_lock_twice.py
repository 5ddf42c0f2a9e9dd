import multiprocessing as mp, say

if __name__ == "__main__":
    lock = mp.Lock()
    lock.acquire()
    say.mark()
    lock.acquire()
