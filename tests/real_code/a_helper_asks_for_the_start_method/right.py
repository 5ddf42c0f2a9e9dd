"""The start method is set where none is, which a helper finds out."""

import multiprocessing as mp


def undecided():
    return mp.get_start_method(allow_none=True) is None


if undecided():
    mp.set_start_method("spawn")


def work():
    print("x")


if __name__ == "__main__":
    p = mp.Process(target=work)
    p.start()
    p.join(5)
