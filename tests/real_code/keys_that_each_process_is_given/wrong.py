"""The same word may come twice, and two tasks count it at once; every translator counts in one entry."""

import multiprocessing as mp
from functools import partial


def count(table, word):
    table[word] = table.get(word, 0) + 1  # MP601


def translate(language, table):
    for word in ("tree", "house"):
        table[word] = table[word] + language  # MP601


if __name__ == "__main__":
    with mp.Manager() as manager:
        table = manager.dict()
        with mp.Pool(2) as pool:
            pool.map(partial(count, table), "to be or not to be".split())
        words = manager.dict(tree="", house="")
        staff = [mp.Process(target=translate, args=(language, words)) for language in ("de", "fr")]
        for translator in staff:
            translator.start()
        for translator in staff:
            translator.join(20)
        print(table, words)
