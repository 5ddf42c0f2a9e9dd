import multiprocessing as mp

def work(q):
    q.put(1)

if __name__ == "__main__":
    for _ in range(8):
        q = mp.Queue()
        ps = [mp.Process(target=work, args=(q,)) for _ in range(2)]
        for p in ps:
            p.start()
        for _ in ps:
            q.get()
        for p in ps:
            p.join()
