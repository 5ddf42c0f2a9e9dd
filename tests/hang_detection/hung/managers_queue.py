import multiprocessing as mp, say

if __name__ == "__main__":
    manager = mp.Manager()
    say.manager(manager)
    q = manager.Queue()
    say.mark()
    q.get()
