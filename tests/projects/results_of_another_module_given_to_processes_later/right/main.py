import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

import readers
from readers import Table, make_reader


class Import:
    def __init__(self, path):
        self.table = readers.Table(path)
        self.plan = readers.Plan(2)

    def run(self, lines):
        self.plan.show(len(lines))
        with mp.Pool(2) as pool:
            return pool.map(self.table.rows, lines)


def main():
    read = make_reader(",")
    with ProcessPoolExecutor(2) as executor:
        print(list(executor.map(read, ["a,b", "c"])))
    queue = mp.Queue()
    queue.put([(make_reader(";"), "a;b")])
    print(queue.get(timeout=5))
    print(Import("a.csv").run(["a"]))
    with mp.Pool(2) as pool:
        print(pool.map(Table("b.csv").rows, ["a"]))
        print(readers.Plan(2).all(pool, [1, 2]))


if __name__ == "__main__":
    main()
