import multiprocessing


class Base(multiprocessing.Process):
    def __init__(self, name):  # MP205
        self.label = name


class Middle(Base):
    def describe(self):
        return self.label


class Leaf(Middle):
    def __init__(self, name, items):
        super().__init__(name)
        self.items = items

    def run(self):
        print(self.describe(), len(self.items), flush=True)


def main():
    leaf = Leaf("leaf", [1, 2])
    leaf.start()
    leaf.join(timeout=5)


if __name__ == "__main__":
    main()
