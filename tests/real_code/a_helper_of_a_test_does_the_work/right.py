import multiprocessing as mp
import unittest


class Adder(mp.Process):
    def __init__(self, results):
        super().__init__()
        self.results = results

    def run(self):
        self.results.append(1 + 1)


class InProcess(mp.Process):
    def start(self):
        self.work()

    def work(self):
        self.run()

    def join(self, timeout=None):
        return None


def run_here(adder):
    adder.run()
    return adder.results


class AdderTest(unittest.TestCase):
    def added(self):
        return run_here(Adder([]))

    def test_run_adds(self):
        self.assertEqual(self.added(), [2])


if __name__ == "__main__":
    worker = InProcess(target=print, args=("worked",))
    worker.start()
    worker.join(5)
