"""All that the process put is in the queue once it has ended, whatever it was."""

import multiprocessing as mp
import unittest

context = mp.get_context("fork")


class TestAnswer(unittest.TestCase):
    def ask(self, target):
        answers = context.Queue()
        process = context.Process(target=target, args=(answers,))
        process.start()
        process.join(timeout=30)
        self.assertEqual(process.exitcode, 0)
        self.assertEqual(answers.get(), 1)

    def ask_in_time(self, target):
        answers = context.Queue()
        process = context.Process(target=target, args=(answers,))
        process.start()
        process.join(timeout=30)
        self.assertIsNotNone(process.exitcode)
        self.assertEqual(answers.get(), 1)
