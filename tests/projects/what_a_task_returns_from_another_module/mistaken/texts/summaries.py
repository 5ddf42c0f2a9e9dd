from . import words


def summary(text):
    counted = count(text)
    return counted  # MP112


def count(text):
    rows = []
    rows.append(words.of(text))
    return rows
