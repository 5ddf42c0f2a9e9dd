"""What is written there goes to the kernel, or is the process's own."""

import multiprocessing as mp


def work(item):
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000\n")
    with open("/dev/null", "w") as file:
        file.write(str(item))
    return item


if __name__ == "__main__":
    with mp.Pool() as pool:
        print(pool.map(work, range(9)))
