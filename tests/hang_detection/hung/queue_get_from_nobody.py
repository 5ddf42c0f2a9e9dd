import multiprocessing as mp, say

if __name__ == "__main__":
    q = mp.Queue()
    say.mark()
    q.get()
