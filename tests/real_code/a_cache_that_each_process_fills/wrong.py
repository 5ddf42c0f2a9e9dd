"""The main process alone fills the list, and the child reads it."""

import multiprocessing as mp

known = []


def work():
    if "main" not in known:  # MP704
        print("unknown", flush=True)


if __name__ == "__main__":
    known.append("main")
    process = mp.Process(target=work)
    process.start()
    process.join(20)
