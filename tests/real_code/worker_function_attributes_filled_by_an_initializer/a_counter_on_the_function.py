import multiprocessing as mp


def count(word):
    count.total.value += 1  # MP601
    return word


def init(total):
    count.total = total


def run(words):
    total = mp.Value("i", 0)
    pool = mp.Pool(2, initializer=init, initargs=(total,))
    try:
        pool.map(count, words)
    finally:
        pool.close()
        pool.join()
    return total.value
