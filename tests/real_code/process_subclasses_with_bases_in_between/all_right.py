import abc
import multiprocessing


class Loggable:
    def __init__(self, *args, label="", **kwargs):
        super().__init__(*args, **kwargs)
        self.label = label


class Base(Loggable, multiprocessing.Process, metaclass=abc.ABCMeta):
    def __init__(self, name):
        super().__init__(name=name, label=name.upper())

    def run(self):
        for item in self.items():
            print(self.label, item, flush=True)

    @abc.abstractmethod
    def items(self):
        raise NotImplementedError


class Middle(Base):
    pass


class Leaf(Middle):
    def __init__(self, name, items):
        Middle.__init__(self, name)
        self._items = items

    def items(self):
        return self._items


def main():
    leaf = Leaf("leaf", [1, 2])
    leaf.start()
    leaf.join(timeout=5)


if __name__ == "__main__":
    main()
