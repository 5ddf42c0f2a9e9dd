"""A shift starts a process, and a star waits for all before it reads."""

import multiprocessing as mp


def count(cells, index):
    cells[index] = index + 1


class Board:
    def __init__(self, size):
        self.cells = mp.Array("i", size)
        self.workers = []

    def __lshift__(self, index):
        worker = mp.Process(target=count, args=(self.cells, index))
        worker.start()
        self.workers.append(worker)
        return self

    def __iter__(self):
        for worker in self.workers:
            worker.join(10)
            if worker.exitcode != 0:
                raise SystemExit("a worker failed")
        yield from self.cells[:]


def main():
    board = Board(3)
    board << 0 << 1 << 2
    print(*board, flush=True)


if __name__ == "__main__":
    main()
