import atexit
import sys
import threading
import traceback


def hook(kind, value, tb):
    print("hook", kind.__name__, value)
    traceback.print_stack()


def thread_hook(args):
    print("thread hook", args.exc_type.__name__)


def fail():
    raise ValueError("in a thread")


sys.excepthook = hook
threading.excepthook = thread_hook
atexit.register(print, "bye")
for target in (fail, sys.exit):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
raise KeyError("main")
