from multiprocessing import Process


def search(depth):
    if depth == 0:
        return
    halves = [Process(target=search, args=(depth - 1,)) for _ in range(2)]
    for half in halves:
        half.start()
    for half in halves:
        half.join(10)


if __name__ == "__main__":
    root = Process(target=search, args=(3,))
    root.start()
    root.join(30)
