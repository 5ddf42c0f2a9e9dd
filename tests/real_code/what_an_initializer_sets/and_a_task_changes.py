import multiprocessing as mp

total = 0


def set_up(start):
    global offset
    offset = start


def add(n):
    global total
    total += n + offset  # MP602


def main():
    with mp.Pool(2, initializer=set_up, initargs=(10,)) as pool:
        pool.map(add, range(3))
    print(total)


if __name__ == "__main__":
    main()
