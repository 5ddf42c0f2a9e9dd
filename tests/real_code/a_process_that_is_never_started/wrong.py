"""A test makes a process and looks at it; what it holds is never sent."""

import multiprocessing as mp
import unittest


class TestProcess(unittest.TestCase):
    def test_repr(self):
        process = mp.Process(target=lambda: 3)  # MP203
        self.assertIn("initial", repr(process))
        self.assertTrue(process)
