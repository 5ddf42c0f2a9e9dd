"""`join()` waits for the process and reads what it has put only then."""

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
        Process.join(self)  # MP401
        return self.results.get()


def main():
    process = Returning(load, 1_000_000)
    process.start()
    print(process.join())


if __name__ == "__main__":
    main()
