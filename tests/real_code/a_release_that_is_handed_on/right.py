"""Whoever has the pencil gives it back when the stack is left."""

import contextlib
import multiprocessing as mp


class Diary:
    def __init__(self, pencil):
        self.pencil = pencil

    def hold(self, stack):
        self.pencil.acquire()
        stack.callback(self.pencil.release)

    def note(self, metres):
        with contextlib.ExitStack() as stack:
            self.hold(stack)
            if metres > 8:
                raise ValueError(metres)
            return 100 // metres


if __name__ == "__main__":
    diary = Diary(mp.Lock())
    climbers = [mp.Process(target=diary.note, args=(metres,)) for metres in (3, 5)]
    for climber in climbers:
        climber.start()
    for climber in climbers:
        climber.join(10)
