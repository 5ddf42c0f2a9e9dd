"""The worker ends by what it raises itself, from under a `finally`."""

import multiprocessing as mp
import queue


class NoMoreWork(Exception):
    pass


def work(todo, idle_limit):
    idle = 0
    while True:
        try:
            try:
                task = todo.get(timeout=0.2)
                idle = 0
            except queue.Empty:
                idle += 1
                if idle > idle_limit:
                    raise NoMoreWork("nothing came") from None
                continue
        finally:
            print("looked", flush=True)
        print(task, flush=True)


if __name__ == "__main__":
    todo = mp.Queue()
    worker = mp.Process(target=work, args=(todo, 3))
    worker.start()
    for number in range(3):
        todo.put(number)
    worker.join()
