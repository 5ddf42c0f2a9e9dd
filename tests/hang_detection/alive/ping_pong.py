import multiprocessing as mp, time

def work(conn):
    for _ in range(200):
        conn.send(conn.recv())

if __name__ == "__main__":
    here, there = mp.Pipe()
    p = mp.Process(target=work, args=(there,))
    p.start()
    for n in range(200):
        here.send(n)
        here.recv()
        if n % 50 == 0:
            time.sleep(0.2)
    p.join()
