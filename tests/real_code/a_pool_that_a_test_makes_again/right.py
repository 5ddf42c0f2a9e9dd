import multiprocessing
import unittest


def square(n):
    return n * n


class PoolTest(unittest.TestCase):
    def test_many_pools(self):
        for _ in range(50):
            with multiprocessing.Pool(1) as pool:
                self.assertEqual(pool.map(square, [2]), [4])
