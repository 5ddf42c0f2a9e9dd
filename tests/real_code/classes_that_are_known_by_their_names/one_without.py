"""The same, with the class that holds none."""

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
        print(list(executor.map(scorer.score, ["one", "two"])))


if __name__ == "__main__":
    main("length")
