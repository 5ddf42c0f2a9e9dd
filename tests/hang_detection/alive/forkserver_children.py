import multiprocessing as mp, time

if __name__ == "__main__":
    mp.set_start_method("forkserver")
    ps = [mp.Process(target=time.sleep, args=(0.5,)) for _ in range(2)]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
