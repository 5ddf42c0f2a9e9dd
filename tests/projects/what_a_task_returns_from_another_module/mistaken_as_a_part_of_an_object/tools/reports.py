from dataclasses import dataclass


@dataclass
class Report:
    name: str
    rows: object


def rows(text):
    for line in text.splitlines():
        yield line


class Parser:
    def __init__(self, text):
        self.text = text
        self.handler = lambda line: line

    def feed(self):
        self.lines = self.text.splitlines()


def key_of(text):
    def key(other):
        return other == text
    return key
