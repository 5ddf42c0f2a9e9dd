import multiprocessing as mp, say

def work(q):
    say.mark()
    q.get()

if __name__ == "__main__":
    mp.set_start_method("forkserver")
    q = mp.Queue()
    p = mp.Process(target=work, args=(q,))
    p.start()
    p.join()
