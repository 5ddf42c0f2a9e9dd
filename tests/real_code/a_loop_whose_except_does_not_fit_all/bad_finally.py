"""What a `finally` gives back does not end the loop."""

import multiprocessing as mp


def work(todo, slots):
    while True:
        task = todo.get()  # MP402
        slots.acquire()
        try:
            print(task * 2, flush=True)
        finally:
            slots.release()


if __name__ == "__main__":
    todo = mp.Queue()
    slots = mp.Semaphore(2)
    worker = mp.Process(target=work, args=(todo, slots))
    worker.start()
    for number in range(3):
        todo.put(number)
    worker.join()  # MP408
