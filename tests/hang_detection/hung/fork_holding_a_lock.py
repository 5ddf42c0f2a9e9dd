import os, threading, say

lock, held, forked = threading.Lock(), threading.Event(), threading.Event()

def hold():
    with lock:
        held.set()
        forked.wait()

t = threading.Thread(target=hold)
t.start()
held.wait()
pid = os.fork()
if pid == 0:
    say.mark()
    lock.acquire()
    os._exit(0)
forked.set()
t.join()
os.waitpid(pid, 0)
