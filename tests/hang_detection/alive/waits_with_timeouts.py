import multiprocessing as mp, queue, select, socket, time

if __name__ == "__main__":
    here, there = mp.Pipe()
    here.poll(0.2)
    try:
        mp.Queue().get(timeout=0.2)
    except queue.Empty:
        pass
    lock = mp.Lock()
    lock.acquire()
    lock.acquire(timeout=0.2)
    mp.Event().wait(0.2)
    p = mp.Process(target=time.sleep, args=(0.5,))
    p.start()
    p.join(0.2)
    a, b = socket.socketpair()
    select.select([a], [], [], 0.2)
    a.settimeout(0.2)
    try:
        a.recv(1)
    except socket.timeout:
        pass
    p.join()
