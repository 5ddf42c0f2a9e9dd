import multiprocessing as mp


class Runner:
    def __init__(self, start_method="spawn"):
        self._mp = mp.get_context(start_method)
        self._results = self._mp.SimpleQueue()


class Batch(Runner):
    def __init__(self, size):
        super().__init__("spawn")
        self.size = size

    def run(self):
        workers = [
            self._mp.Process(target=fill, args=(self._results, index)) for index in range(self.size)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()  # MP401
        return [self._results.get() for _ in workers]


class DrainedBatch(Runner):
    def run(self, size):
        workers = [self._mp.Process(target=fill, args=(self._results, index)) for index in range(size)]
        for worker in workers:
            worker.start()
        values = [self._results.get() for _ in workers]
        for worker in workers:
            worker.join()
        return values


def fill(results, index):
    results.put([index] * 100_000)


if __name__ == "__main__":
    print(Batch(2).run(), DrainedBatch().run(2))
