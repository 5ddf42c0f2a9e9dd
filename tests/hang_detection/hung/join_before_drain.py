import multiprocessing as mp, say

def work(q):
    q.put(b"x" * 1_000_000)

if __name__ == "__main__":
    q = mp.Queue()
    p = mp.Process(target=work, args=(q,))
    p.start()
    say.mark()
    p.join()
