import multiprocessing as mp


class Adder(mp.Process):
    def __init__(self, results):
        super().__init__()
        self.results = results

    def run(self):
        self.results.append(1 + 1)


def add(adder):
    adder.run()  # MP204
    return adder.results


if __name__ == "__main__":
    print(add(Adder([])), flush=True)
