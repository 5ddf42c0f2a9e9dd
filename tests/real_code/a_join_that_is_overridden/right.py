"""`join()` reads what the process has put, and only then waits for it."""

from multiprocessing import Process, Queue


def load(count):
    return "x" * count


class Returning(Process):
    def __init__(self, function, *args):
        self.results = Queue()
        self.function = function
        Process.__init__(self, args=args)

    def run(self):
        self.results.put([self.function(*self._args)])

    def join(self, timeout=None):
        value = self.results.get()
        Process.join(self)
        return value


def main():
    process = Returning(load, 1_000_000)
    process.start()
    print(process.join())


if __name__ == "__main__":
    main()
