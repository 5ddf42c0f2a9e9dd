"""A shift starts a process, and a star reads what nobody has waited for."""

import multiprocessing as mp


def count(cells, index):
    cells[index] = index + 1


class Board:
    def __init__(self, size):
        self.cells = mp.Array("i", size)
        self.workers = []

    def __lshift__(self, index):
        worker = mp.Process(target=count, args=(self.cells, index))
        worker.start()  # MP202
        self.workers.append(worker)
        return self

    def __iter__(self):
        yield from self.cells[:]


def main():
    board = Board(3)
    board << 0 << 1 << 2
    print(*board, flush=True)


if __name__ == "__main__":
    main()
