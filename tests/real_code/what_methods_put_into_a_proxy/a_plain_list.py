"""The list that `setdefault` has put into the manager's dict is a plain one: what is added is added to a copy."""

import multiprocessing as mp


class Board:
    def __init__(self, topics):
        self._topics = topics

    def open(self, topic):
        self._topics.setdefault(topic, [])

    def note(self, topic, text):
        self._topics[topic].append(text)  # MP603


def visit(board, place):
    board.note("places", place)


if __name__ == "__main__":
    with mp.Manager() as manager:
        board = Board(manager.dict())
        board.open("places")
        visitor = mp.Process(target=visit, args=(board, "sea"))
        visitor.start()
        visitor.join(10)
        print(board._topics)
