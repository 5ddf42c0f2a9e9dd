import multiprocessing as mp


def work(counter, lock, rounds):
    with lock:
        print("starting", flush=True)
    for _ in range(rounds):
        counter.value += 1  # MP601


def main():
    counter = mp.Value("i", 0)
    workers = [mp.Process(target=work, args=(counter, mp.Lock(), 100)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(counter.value)


if __name__ == "__main__":
    main()
