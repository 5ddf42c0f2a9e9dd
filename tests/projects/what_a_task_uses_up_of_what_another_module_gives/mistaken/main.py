import multiprocessing as mp
from tools import reports
from tools.errors import Retry


def make(text):
    return reports.rows(text)  # MP112


def parse(text):
    parser = reports.Parser(text)
    parser.feed()
    return parser


def lines(text):
    parser = reports.Parser(text)
    return parser.lines()


def joined(text):
    return ",".join(reports.words(text))


def entered(text):
    with reports.opened(text) as found:
        return found


def first(text):
    words = reports.words(text)
    return next(words, None)


def count(text):
    rows = {"n": 0}
    for word in reports.words(text):
        rows["n"] += 1
    return rows


def retried(text):
    try:
        return reports.fail(text)
    except Retry:
        return None


def guarded_work(text):
    return reports.fail(text)


def main():
    with mp.Pool(2) as pool:
        for work in (make, parse, lines, joined, entered, first, count, retried, guarded_work):
            print(work.__name__, pool.map(work, ["a b"]), flush=True)


if __name__ == "__main__":
    main()
