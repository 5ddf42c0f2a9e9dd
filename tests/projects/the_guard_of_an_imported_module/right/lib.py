import multiprocessing

if __name__ == "__main__":
    multiprocessing.Manager()


def work(n):
    return n
