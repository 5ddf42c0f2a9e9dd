import multiprocessing as mp
import unittest


def put(queue):
    queue.put("x" * 100)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = mp.get_context("spawn")

    def setUp(self):
        self.queue = self.context.Queue()
        self.worker = self.context.Process(target=put, args=(self.queue,))
        self.worker.start()
        self.pool = None

    def tearDown(self):
        self.worker.join()
        if self.pool is not None:
            self.pool.close()
            self.pool.join()

    def test_result(self):
        self.assertEqual(self.queue.get(timeout=5), "x" * 100)

    def test_with_a_pool(self):
        self.pool = self.context.Pool(2)
        self.assertEqual(self.queue.get(timeout=5), "x" * 100)

    def test_skipped(self):
        self.skipTest("not today")
