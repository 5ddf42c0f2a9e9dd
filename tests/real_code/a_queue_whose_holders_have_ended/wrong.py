"""The process may still run, and never put anything."""

import multiprocessing as mp
import unittest

context = mp.get_context("fork")


class TestAnswer(unittest.TestCase):
    def ask_in_time(self, target):
        answers = context.Queue()
        process = context.Process(target=target, args=(answers,))
        process.start()
        process.join(timeout=30)
        self.assertEqual(answers.get(), 1)  # MP402
