import multiprocessing as mp, os, say

lock = mp.Lock()
lock.acquire()
if os.fork() == 0:
    say.mark()
    lock.acquire()
os._exit(0)
