"""The event is set only when the process has been waited for."""

import multiprocessing as mp


def serve(name, leave):
    print(name, flush=True)
    leave.wait()


def main():
    leave = mp.Event()
    server = mp.Process(target=serve, args=("a", leave))
    server.start()
    server.join()  # MP201
    leave.set()


if __name__ == "__main__":
    main()
