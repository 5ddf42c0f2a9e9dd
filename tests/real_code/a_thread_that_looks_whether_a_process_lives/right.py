"""A thread looks whether the process lives; others read what it answers."""

import multiprocessing
import threading
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
        while process.is_alive():
            time.sleep(0.1)
        print("over")

    questions, answers = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=answer, args=(questions, answers), daemon=True)
    process.start()
    threading.Thread(target=look, daemon=True).start()
    return questions
