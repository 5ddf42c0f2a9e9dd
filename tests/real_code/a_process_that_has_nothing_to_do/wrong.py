"""What was to be done is forgotten."""

import multiprocessing as mp


def work():
    print("work", flush=True)


class Pod:
    def __init__(self):
        process = mp.Process(target=work)  # MP203
        self.name = process.name


if __name__ == "__main__":
    print(Pod().name)
