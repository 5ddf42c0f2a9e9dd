"""A file like any other, though its name says what is in it."""

import multiprocessing as mp


def work(item):
    with open("proc/self/oom_score_adj", "w") as file:  # MP611
        file.write("1000\n")
    return item


if __name__ == "__main__":
    with mp.Pool() as pool:
        print(pool.map(work, range(9)))
