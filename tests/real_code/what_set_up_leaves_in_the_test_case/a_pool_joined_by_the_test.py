import multiprocessing as mp
import unittest


def square(n):
    return n * n


class Base(unittest.TestCase):
    def setUp(self):
        self.pool = mp.Pool(2)
        self.addCleanup(print, "done")

    def tearDown(self):
        self.pool.close()
        self.pool.join()


class Squares(Base):
    def test_squares(self):
        self.assertEqual(self.pool.map(square, [1, 2]), [1, 4])

    def test_a_join(self):
        self.pool.join()  # MP302

    def test_a_lambda(self):
        self.assertEqual(self.pool.map(lambda n: n, [1]), [1])  # MP101


class Worker:
    def setup_method(self, method):
        self.worker = mp.Process(target=square, args=(2,))
        self.worker.start()

    def teardown_method(self, method):
        self.worker.join()

    def test_started_again(self):
        self.worker.start()  # MP209
