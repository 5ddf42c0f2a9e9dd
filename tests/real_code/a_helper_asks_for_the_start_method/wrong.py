"""The start method is set whatever it is."""

import multiprocessing as mp



if mp.cpu_count() > 1:
    mp.set_start_method("spawn")  # MP003


def work():
    print("x")


if __name__ == "__main__":
    p = mp.Process(target=work)
    p.start()
    p.join(5)
