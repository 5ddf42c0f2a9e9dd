"""Three ways to wait for ever. Line numbers are part of the test."""
import multiprocessing as mp
import sys
import threading


def takes(queue):
    say("takes")
    queue.get()


def locks(lock):
    lock.acquire()
    say("locks")
    lock.acquire()


def waits():
    event = threading.Event()
    event.wait()


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    threading.Thread(target=waits, daemon=True).start()
    queue, lock = mp.Queue(), mp.Lock()
    children = [mp.Process(target=takes, args=(queue,)), mp.Process(target=locks, args=(lock,))]
    [child.start() for child in children]
    say("waits")
    children[0].join()
