"""The answer is the wrong one, or it is of another context."""

import multiprocessing as mp


def tell(word):
    print(word, flush=True)


def start(word):
    if mp.get_start_method() != "fork":
        process = mp.Process(target=lambda: tell(word))  # MP101
    else:
        process = mp.Process(target=tell, args=(word,))
    process.start()
    return process


def start_by_itself(word):
    context = mp.get_context("spawn")
    if mp.get_start_method() == "fork":
        process = context.Process(target=lambda: tell(word))  # MP101
    else:
        process = context.Process(target=tell, args=(word,))
    process.start()
    return process


if __name__ == "__main__":
    for process in (start("one"), start_by_itself("two")):
        process.join(30)
