import multiprocessing as mp, say

def work(q):
    q.get()

if __name__ == "__main__":
    q = mp.JoinableQueue()
    q.put(1)
    p = mp.Process(target=work, args=(q,))
    p.start()
    p.join()
    say.mark()
    q.join()
