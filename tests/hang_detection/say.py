"""What a program says of itself, in the place of the probe: one line a fact, on standard output."""

import os
import sys
import time


def _line(*words):
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def mark():
    """The next call blocks for good."""
    _line("mark", "%.6f" % time.time())


def service(pid, tid):
    """That thread wakes up by a timer for ever, and only to serve."""
    _line("service", pid, tid)


def manager(started):
    """The main thread of a manager's server looks once a second whether it shall end."""
    service(started._process.pid, started._process.pid)


def pool(started):
    """The thread that watches a pool's workers polls before Python 3.9."""
    if sys.version_info < (3, 9):
        service(os.getpid(), started._worker_handler.native_id)


def timer():
    """This process has set an alarm."""
    _line("timer", os.getpid())
