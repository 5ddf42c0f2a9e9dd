"""The processes are killed by their numbers before they are waited for."""

import multiprocessing as mp
import os
import signal
import time


def serve(leave):
    while not leave.is_set():
        time.sleep(1)
    leave.wait()


def kill(process):
    if process.is_alive() and process.pid is not None:
        try:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        except OSError:
            return


def main():
    leave = mp.Event()
    first = mp.Process(target=serve, args=(leave,))
    first.start()
    time.sleep(0.2)
    kill(first)

    second = mp.Process(target=serve, args=(leave,))
    second.start()
    os.kill(second.pid, signal.SIGKILL)
    second.join()
    print(first.exitcode, second.exitcode)


if __name__ == "__main__":
    main()
