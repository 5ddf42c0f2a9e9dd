"""Whoever looks whether the process lives would have to read."""

import multiprocessing
import time


def answer(questions, answers):
    while True:
        name = questions.get()
        if name == "size":
            answers.put("x" * 100_000)
        elif name == "stop":
            return


def activate(reads):
    def look():
        while process.is_alive():  # MP401
            time.sleep(0.1)
        print("over")

    questions, answers = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=answer, args=(questions, answers), daemon=True)
    process.start()
    look()
    return questions
