"""What a helper starts is started, whatever a test asserts of it before."""

import multiprocessing as mp
import unittest


def work():
    print("work", flush=True)


class TestProcess(unittest.TestCase):
    def test_start(self):
        process = mp.Process(target=work)
        self.assertIsNone(process.exitcode)
        self.assertTrue(process)
        process.start()
        process.join()
