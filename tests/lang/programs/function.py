import multiprocessing as mp


def work(f):
    f()


def other():
    pass


if __name__ == "__main__":
    p = mp.Process(target=work, args=other)
    p.start()
    p.join(5)
