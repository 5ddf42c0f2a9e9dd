import multiprocessing as mp
import sys
import threading


def watch():
    threading.Event().wait(5)


def work():
    pass


if __name__ == "__main__":
    context = mp.get_context("fork")
    if len(sys.argv) > 1:
        t = threading.Thread(target=watch)
        t.start()
    p = context.Process(target=work)
    p.start()
    p.join(5)
