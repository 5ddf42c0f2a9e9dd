import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor

import readers
from readers import Table, make_reader


class Import:
    def __init__(self, path):
        self.table = readers.Table(path)

    def run(self, lines):
        with mp.Pool(2) as pool:
            return pool.map(self.table.rows, lines)  # MP104


def main():
    read = make_reader(",")
    with ProcessPoolExecutor(2) as executor:
        print(list(executor.map(read, ["a,b", "c"])))  # MP101
    jobs = [(make_reader(";"), "a;b")]
    queue = mp.Queue()
    queue.put(jobs)  # MP102
    print(Import("a.csv").run(["a"]))
    with mp.Pool(2) as pool:
        print(pool.map(Table("b.csv").rows, ["a"]))  # MP104
        print(readers.Plan(2).all(pool, [1, 2]))


if __name__ == "__main__":
    main()
