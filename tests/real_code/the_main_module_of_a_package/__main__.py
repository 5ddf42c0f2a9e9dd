"""`python -m package` and `python folder`: a child does not import `__main__.py` once more."""

import sys
import time
from multiprocessing import Process


def main(seconds):
    worker = Process(target=time.sleep, args=(seconds,))
    worker.start()
    worker.join(30)
    return worker.exitcode


sys.exit(main(0.1))
