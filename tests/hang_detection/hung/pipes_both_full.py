import multiprocessing as mp, say

def work(conn):
    say.mark()
    conn.send_bytes(b"x" * 5_000_000)
    conn.recv_bytes()

if __name__ == "__main__":
    here, there = mp.Pipe()
    p = mp.Process(target=work, args=(there,))
    p.start()
    here.send_bytes(b"x" * 5_000_000)
    here.recv_bytes()
