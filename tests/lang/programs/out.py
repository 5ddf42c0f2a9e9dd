import multiprocessing as mp


def work(n):
    lock = mp.Lock()
    with lock:
        print(n, flush=True)


if __name__ == "__main__":
    processes = [mp.Process(target=work, args=(n,)) for n in range(3)]
    for p in processes:
        p.start()
    for p in processes:
        p.join(5)
