import multiprocessing as mp, time, say

def work(values):
    for n in range(3):
        time.sleep(0.3)
        values[n] = n

if __name__ == "__main__":
    with mp.Manager() as manager:
        say.manager(manager)
        values = manager.dict()
        p = mp.Process(target=work, args=(values,))
        p.start()
        p.join()
