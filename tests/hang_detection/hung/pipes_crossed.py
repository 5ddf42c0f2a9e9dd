import multiprocessing as mp, say

def work(conn):
    say.mark()
    conn.recv()
    conn.send(1)

if __name__ == "__main__":
    here, there = mp.Pipe()
    p = mp.Process(target=work, args=(there,))
    p.start()
    here.recv()
    here.send(1)
    p.join()
