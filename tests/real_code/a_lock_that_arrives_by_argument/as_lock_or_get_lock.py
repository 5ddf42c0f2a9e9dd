import multiprocessing as mp


def add_under(counter, guard, amount):
    with guard:
        counter.value += amount


def work(counter, guard, rounds):
    for _ in range(rounds):
        add_under(counter, guard, 1)


def work_with_its_own(counter, rounds):
    add_under(counter, counter.get_lock(), rounds)
    own = counter.get_lock()
    own.acquire()
    counter.value += rounds
    own.release()


class Job:
    def __init__(self, counter, lock):
        self.counter = counter
        self.lock = lock

    def __call__(self):
        with self.lock:
            self.counter.value += 1


def main():
    counter = mp.Value("i", 0)
    lock = mp.RLock()
    workers = [mp.Process(target=work, args=(counter, lock, 100)) for _ in range(4)]
    workers += [mp.Process(target=work_with_its_own, args=(counter, 5)) for _ in range(4)]
    workers += [mp.Process(target=Job(counter, lock)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(counter.value)


if __name__ == "__main__":
    main()
