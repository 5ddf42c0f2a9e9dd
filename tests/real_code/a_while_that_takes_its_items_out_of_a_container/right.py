"""Each round needs to know how the one before ended."""

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
            worker.join()
            if worker.exitcode != 0:
                self.chapters.appendleft(chapter)
                break
            pages += 1


def main():
    Press(["one", "two", "three"]).run()


if __name__ == "__main__":
    main()
