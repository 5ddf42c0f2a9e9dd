"""The handlers are registered before the processes are started, and called after that."""

import atexit
import multiprocessing as mp
import signal


def serve():
    print("served", flush=True)


def main():
    server = mp.Process(target=serve)
    helper = mp.Process(target=serve, daemon=True)

    def stop(*args):
        server.terminate()
        helper.terminate()

    def leave():
        server.join(1)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    atexit.register(leave)
    server.start()
    helper.start()
    server.join()
    helper.join()


if __name__ == "__main__":
    main()
