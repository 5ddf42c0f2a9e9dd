"""A script of any other name is imported by each child."""

import sys
import time
from multiprocessing import Process


def main(seconds):
    worker = Process(target=time.sleep, args=(seconds,))
    worker.start()  # MP001
    worker.join(30)
    return worker.exitcode


sys.exit(main(0.1))
