"""A helper prints, and the child ends right after it."""

import multiprocessing as mp
import os
import signal
import time


class Monitor:
    def __init__(self):
        self.going = True
        self.process = mp.Process(target=self.watch)
        self.process.start()

    def close(self):
        self.process.terminate()

    def ask(self):
        return time.time() % 2 > 1

    def watch(self):
        while self.going:
            try:
                if self.ask():
                    self.tell(time.time())
                    os.kill(os.getppid(), signal.SIGTERM)
                    break
            except OSError:
                pass
            time.sleep(5)

    def tell(self, when):
        result = int(when)
        if result != 0:
            print(f"failed: {result}")


def main():
    monitor = Monitor()
    time.sleep(10)
    monitor.close()


if __name__ == "__main__":
    main()
