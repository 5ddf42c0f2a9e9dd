import multiprocessing as mp, time

def work(q):
    for n in range(4):
        time.sleep(0.25)
        q.put(b"x" * 200_000)

if __name__ == "__main__":
    q = mp.Queue()
    p = mp.Process(target=work, args=(q,))
    p.start()
    for _ in range(4):
        q.get()
    p.join()
