"""Each round starts a process for the next item and waits for it."""

import multiprocessing as mp
from collections import deque


def typeset(chapter, pages):
    print("typeset", chapter, pages, flush=True)


class Press:
    def __init__(self, chapters):
        self.chapters = deque(chapters)

    def run(self):
        pages = 0
        while self.chapters:
            chapter = self.chapters.popleft()
            worker = mp.Process(target=typeset, args=(chapter, pages))
            worker.start()
            worker.join()  # MP210
            pages += 1


def main():
    Press(["one", "two", "three"]).run()


if __name__ == "__main__":
    main()
