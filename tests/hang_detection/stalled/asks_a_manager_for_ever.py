import multiprocessing as mp, time, say

if __name__ == "__main__":
    manager = mp.Manager()
    say.manager(manager)
    values = manager.dict()
    while "done" not in values:
        time.sleep(0.05)
