"""The class is found by the name that it is registered under, and it holds an open file."""

from concurrent.futures import ProcessPoolExecutor

KINDS = {}


class Scorer:
    def __init_subclass__(cls, kind=None, **kwargs):
        super().__init_subclass__(**kwargs)
        KINDS[kind or cls.__name__.lower()] = cls

    def score(self, text):
        return len(text)


class Length(Scorer):
    pass


class Noted(Scorer, kind="noted"):
    def __init__(self):
        self.notes = open("/dev/null", "a")


def main(kind):
    scorer = KINDS[kind]()
    with ProcessPoolExecutor(2) as executor:
        print(list(executor.map(scorer.score, ["one", "two"])))  # MP104


if __name__ == "__main__":
    main("noted")
