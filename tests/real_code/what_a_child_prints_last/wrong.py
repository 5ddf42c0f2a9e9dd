"""A daemonic child prints what it is about to do."""

import multiprocessing as mp
import time


def tunnel(server):
    print(f"connecting to {server}")  # MP801
    time.sleep(60)


def main(server):
    child = mp.Process(target=tunnel, args=(server,), daemon=True)
    child.start()
    return child
