import multiprocessing as mp
import time


def evaluate(expression, answers):
    if expression == "loop":
        time.sleep(10)
    answers[0] = len(expression)


def release(process):
    process.close()


def run(expression, answers):
    process = mp.Process(target=evaluate, args=(expression, answers))
    process.start()
    process.join(1)
    if process.is_alive():
        process.terminate()
        process.join()
    release(process)


def run_or_give_up(expression, answers):
    late = False
    process = mp.Process(target=evaluate, args=(expression, answers))
    process.start()
    process.join(1)
    if process.is_alive():
        process.terminate()
        late = True
    if late:
        process.join()
    release(process)


if __name__ == "__main__":
    for text in ("1 + 1", "loop"):
        run(text, mp.Array("i", 1))
        run_or_give_up(text, mp.Array("i", 1))
