"""The worker passes on that nothing came any more."""

import multiprocessing as mp
import queue


def work(todo):
    tries = 0
    while True:
        try:
            task = todo.get(timeout=0.2)
        except queue.Empty:
            tries += 1
            if tries > 3:
                raise
            continue
        print(task, flush=True)


if __name__ == "__main__":
    todo = mp.Queue()
    worker = mp.Process(target=work, args=(todo,))
    worker.start()
    for number in range(3):
        todo.put(number)
    worker.join()
