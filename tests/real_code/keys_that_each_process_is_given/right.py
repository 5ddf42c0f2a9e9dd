"""Each translator has an entry of its own in the table of a manager, which a helper changes."""

import multiprocessing as mp

LANGUAGES = ("de", "fr")


def remember(table, language, word):
    known = table[language]
    known.append(word)
    table[language] = known


def translate(language, table):
    for word in "abc":
        remember(table, language, word)


if __name__ == "__main__":
    with mp.Manager() as manager:
        table = manager.dict({language: [] for language in LANGUAGES})
        staff = [mp.Process(target=translate, args=(language, table)) for language in LANGUAGES]
        for translator in staff:
            translator.start()
        for translator in staff:
            translator.join(20)
        print(table)
