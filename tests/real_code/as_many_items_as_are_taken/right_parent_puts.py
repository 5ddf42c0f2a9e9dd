"""The child takes two items, and its parent puts two."""

import multiprocessing as mp


def serve(queue):
    first = queue.get()
    second = queue.get()
    print(first, second, flush=True)


def main(data):
    queue = mp.Queue()
    server = mp.Process(target=serve, args=(queue,))
    server.start()
    queue.put(data)
    queue.put(len(data))
    server.join()
