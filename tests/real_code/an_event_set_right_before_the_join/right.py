"""Each process waits for the event that ends it, and it is set before anybody waits for them."""

import multiprocessing as mp
import time


def serve(name, leave):
    print(name, flush=True)
    leave.wait()


def main():
    leave = mp.Event()
    servers = [mp.Process(target=serve, args=(name, leave)) for name in ("a", "b")]
    for server in servers:
        server.start()

    def finish():
        leave.set()
        for server in servers:
            server.join()

    time.sleep(0.5)
    finish()


if __name__ == "__main__":
    main()
