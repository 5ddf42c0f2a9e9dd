"""A function that has set a variable itself knows which branch it takes, and so do the functions in it."""

from multiprocessing import Pool, Process, Queue


def process_all(items):
    # Switched off until objects can be shared.
    in_processes = False
    waiting = Queue() if in_processes else list(items)

    def has_more():
        if in_processes:
            return not waiting.empty()
        return bool(waiting)

    def begin(item):
        if in_processes:
            worker = Process(target=lambda: item * 2)
            worker.start()
            worker.join()
        return item * 2

    done = []
    while has_more():
        done.append(begin(waiting.pop()))
    return done


def show(text, silent=False):
    if silent == False:
        print(text)


def work(item):
    show(item, True)
    return item


def run(items):
    with Pool(2) as pool:
        return pool.map(work, items)


if __name__ == "__main__":
    print(process_all([1, 2]), run([1, 2]))
