import multiprocessing as mp, time

if __name__ == "__main__":
    p = mp.Process(target=time.sleep, args=(1,))
    p.start()
    while p.is_alive():
        time.sleep(0.05)
