import multiprocessing as mp
from tools import reports


def make(text):
    rows = reports.rows(text)
    return reports.Report(name=text, rows=rows)  # MP112


def parse(text):
    parser = reports.Parser(text)
    parser.feed()
    return parser  # MP112


def table(text):
    return {"key": reports.key_of(text), "text": text}  # MP112


def fine(text):
    return list(reports.rows(text))


def main():
    with mp.Pool(2) as pool:
        print(pool.map(make, ["a"]))
        print(pool.map(parse, ["a"]))
        print(pool.map(table, ["a"]))
        print(pool.map(fine, ["a"]))


if __name__ == "__main__":
    main()
