import multiprocessing as mp

from texts import summary
from texts.lines import Lines


def longest(text):
    lines = Lines(text)
    found = {}
    found["long"] = lines.longer_than(3)
    return found  # MP112


def main():
    with mp.Pool(2) as pool:
        print(pool.map(summary, ["a b", "c"]))
        print(pool.apply(longest, ("a b\nccccc",)))


if __name__ == "__main__":
    main()
