import multiprocessing as mp, time

def work(conn):
    for n in range(3):
        time.sleep(0.35)
        conn.send(n)

if __name__ == "__main__":
    here, there = mp.Pipe()
    p = mp.Process(target=work, args=(there,))
    p.start()
    for _ in range(3):
        here.recv()
    p.join()
