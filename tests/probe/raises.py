import multiprocessing as mp, threading

class Refused(ValueError):
    pass


def deep():
    raise Refused("no")


def divide(n):
    return 1 / n


def key():
    {}["k"]


if __name__ == "__main__":
    child = mp.get_context("fork").Process(target=deep, name="unlucky")
    child.start()
    child.join()
    thread = threading.Thread(target=key)
    thread.start()
    thread.join()
    queue = mp.get_context("fork").Queue()
    queue.put(lambda: None)
    queue.close()
    queue.join_thread()
    with mp.get_context("fork").Pool(1) as pool:
        pool.map(divide, [0])
