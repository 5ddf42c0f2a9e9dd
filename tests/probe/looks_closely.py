"""What a program sees that looks where the probe has been."""
import inspect
import multiprocessing as mp
import multiprocessing.pool
import pickle
import signal
import sys
import threading
import traceback


def child():
    traceback.print_stack()
    thread = threading.Thread(target=traceback.print_stack)
    thread.start()
    thread.join()


if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        process = mp.get_context(method).Process(target=child)
        process.start()
        process.join()
        print(process.exitcode, flush=True)
    for thing in (
        mp.Process.start,
        mp.Process._bootstrap,
        mp.set_start_method,
        mp.util._flush_std_streams,
        mp.pool.Pool.__del__,
        signal.alarm,
        signal.setitimer,
        threading.excepthook,
    ):
        print(thing.__name__, thing.__doc__, inspect.signature(thing))
    for thing in (signal.alarm, mp.Process, mp.pool.Pool):
        print(pickle.loads(pickle.dumps(thing)) is thing)
    print(mp.Process.name.__doc__, mp.process.__spec__, mp.process.__loader__, signal.__loader__)
    print(sys.path, "sitecustomize" in sys.modules)
    process = mp.Process()
    try:
        process.sentinel
    except ValueError:
        traceback.print_exc()
    mp.log_to_stderr(10).handlers[0].setFormatter(mp.util.logging.Formatter("%(funcName)s %(lineno)d %(message)s") if hasattr(mp.util, "logging") else None)
    mp.util.info("noted")
    mp.set_start_method("nonsense")
