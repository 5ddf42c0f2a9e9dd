"""A daemonic child prints why it ends, and ends."""

import multiprocessing as mp
import sys
import traceback


def connect(server):
    raise OSError(server)


def tunnel(server):
    try:
        connection = connect(server)
    except OSError as error:
        print(f"cannot connect to {server}: {error}")
        sys.exit(1)
    try:
        connection.serve()
    except Exception as error:
        print(f"the tunnel broke: {error}")
        raise


def report(server):
    tunnel(server)
    print("bye")


def main(server):
    child = mp.Process(target=report, args=(server,), daemon=True)
    child.start()
    return child


def produce(queue, source, stop):
    try:
        while not stop.is_set():
            queue.put(next(source), timeout=0.1)
    except Exception as error:
        print("the worker failed:", error)
        traceback.print_exc()
        stop.set()
        return


def start(queue, source):
    stop = mp.Event()
    child = mp.Process(target=produce, args=(queue, source, stop), daemon=True)
    child.start()
    return child
