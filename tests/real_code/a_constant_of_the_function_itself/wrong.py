"""The constant leads into the branch that fails, or an inner function sets the variable anew."""

from multiprocessing import Pool, Process


def process_all(items):
    in_processes = True

    def begin(item):
        if in_processes:
            worker = Process(target=lambda: item * 2)  # MP101
            worker.start()
            worker.join(5)
        return item * 2

    return [begin(item) for item in items]


def process_later(items):
    in_processes = False

    def switch():
        nonlocal in_processes
        in_processes = True

    def begin(item):
        if in_processes:
            worker = Process(target=lambda: item * 2)  # MP101
            worker.start()
            worker.join(5)
        return item * 2

    items.sort(key=lambda item: switch())
    return [begin(item) for item in items]


def show(text, silent=False):
    if silent == False:
        print(text)  # MP801


def work(item):
    show(item, False)
    return item


def run(items):
    with Pool(2) as pool:
        return pool.map(work, items)


if __name__ == "__main__":
    print(process_all([1, 2]), process_later([1, 2]), run([1, 2]))
