"""A test that logs more when it is run as a script: who runs its methods has configured logging or not."""

import logging
import multiprocessing as mp
import unittest


def work(n):
    logging.debug("working on %d", n)


class WorkTest(unittest.TestCase):
    def test_work(self):
        process = mp.Process(target=work, args=(1,))
        process.start()
        process.join(timeout=20)
        self.assertEqual(process.exitcode, 0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    unittest.main()
