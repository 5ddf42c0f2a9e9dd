from . import words


def summary(text):
    counted = count(text)
    return counted


def count(text):
    rows = []
    rows.extend(words.of(text))
    return rows
