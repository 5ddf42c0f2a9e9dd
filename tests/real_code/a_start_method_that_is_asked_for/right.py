"""A closure where processes are forked, a function of the module elsewhere."""

import multiprocessing as mp


def tell(word):
    print(word, flush=True)


def start(word):
    if mp.get_start_method() == "fork":
        process = mp.Process(target=lambda: tell(word))
    else:
        process = mp.Process(target=tell, args=(word,))
    process.start()
    return process


class Crier:
    def __init__(self, method):
        self.context = mp.get_context(method)

    def start(self, word):
        if self.context.get_start_method() != "fork":
            process = self.context.Process(target=tell, args=(word,))
        else:
            process = self.context.Process(target=lambda: tell(word))
        process.start()
        return process


if __name__ == "__main__":
    for process in (start("one"), Crier("fork").start("two"), Crier("spawn").start("three")):
        process.join(30)
