import multiprocessing


class Feeder(multiprocessing.Process):
    def __init__(self, path):
        self.path = path
        self.daemon = True  # MP205
        super().__init__()

    def run(self):
        print(self.path, flush=True)


class Conditional(multiprocessing.Process):
    def __init__(self, path):
        self.path = path
        self.name = "conditional"  # MP205
        multiprocessing.Process.__init__(self)

    def run(self):
        print(self.path, flush=True)


def main():
    for process in (Feeder("a"), Conditional("b")):
        process.start()
        process.join(timeout=5)


if __name__ == "__main__":
    main()
