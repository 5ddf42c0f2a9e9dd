from concurrent import futures as cf


def describe(change):
    return f"change {change}"


class Scaling:
    """How fast it is with how many workers: each round needs a pool of its own."""

    def __init__(self, workers):
        self.workers = workers
        self.lines = []

    def run(self, changes):
        with cf.ProcessPoolExecutor(max_workers=self.workers) as executor:
            self.lines.extend(executor.map(describe, changes))

    def grow(self, workers):
        self.workers = workers


def main():
    scaling = Scaling(workers=1)
    for workers in (1, 2, 4):
        scaling.workers = workers
        scaling.run(["a", "b"])
    for workers in (1, 2, 4):
        Scaling(workers).run(["a", "b"])
    print(len(scaling.lines), flush=True)


if __name__ == "__main__":
    main()
