import multiprocessing as mp, time

def work(conn):
    conn.send_bytes(b"x" * 1_000_000)

if __name__ == "__main__":
    here, there = mp.Pipe()
    p = mp.Process(target=work, args=(there,))
    p.start()
    time.sleep(0.8)
    here.recv_bytes()
    p.join()
