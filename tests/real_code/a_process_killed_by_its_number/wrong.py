"""The number is told, and asked whether it is somebody's."""

import multiprocessing as mp
import os
import time


def serve(leave):
    while not leave.is_set():
        time.sleep(1)
    leave.wait()  # MP511


def main():
    leave = mp.Event()
    server = mp.Process(target=serve, args=(leave,))
    server.start()
    print("started", server.pid, flush=True)
    os.kill(server.pid, 0)
    server.join()  # MP201


if __name__ == "__main__":
    main()
