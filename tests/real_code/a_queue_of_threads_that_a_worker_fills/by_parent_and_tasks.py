"""Both note what they do, and only the parent takes the notes out: those of the tasks are lost in the workers."""

import multiprocessing as mp
import queue


class Notes:
    def __init__(self):
        self._notes = queue.Queue()

    def add(self, note):
        self._notes.put(note)  # MP404

    def all(self):
        notes = []
        while True:
            try:
                notes.append(self._notes.get_nowait())
            except queue.Empty:
                return notes


NOTES = Notes()


def work(number):
    NOTES.add(f"worked on {number}")
    return number


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        numbers = pool.map(work, range(3))
    NOTES.add(f"{len(numbers)} numbers")
    print(NOTES.all())
