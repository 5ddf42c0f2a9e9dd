"""Here it is a list of the manager, and one that nobody knows."""

import multiprocessing as mp
import sys


class Board:
    def __init__(self, topics):
        self._topics = topics

    def open(self, topic, notes):
        self._topics.setdefault(topic, notes)

    def note(self, topic, text):
        self._topics[topic].append(text)


def visit(board, place):
    board.note("places", place)


if __name__ == "__main__":
    with mp.Manager() as manager:
        board = Board(manager.dict())
        board.open("places", manager.list())
        board._topics.update({"people": manager.list()}, **dict(pair.split("=") for pair in sys.argv[1:]))
        visitor = mp.Process(target=visit, args=(board, "sea"))
        visitor.start()
        visitor.join(10)
        print(board._topics["places"][0])
