import multiprocessing as mp
import os
import signal
import sys
import time


def leave():
    os._exit(7)


def text():
    sys.exit("text")


def number():
    sys.exit(3)


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted():
    raise KeyboardInterrupt


def deep():
    deep()


class Own(mp.Process):
    def run(self):
        raise OSError(2, "no", "file")


def run(process):
    process.start()
    process.join()
    print(process.name, process.exitcode, flush=True)


if __name__ == "__main__":
    for method in ("fork", "spawn"):
        for target in (leave, text, number, killed, interrupted, deep):
            run(mp.get_context(method).Process(target=target, name=target.__name__))
    run(Own(name="own"))
    sleeper = mp.Process(target=time.sleep, args=(60,), daemon=True)
    sleeper.start()
    sleeper.terminate()
    sleeper.join()
    print(sleeper.exitcode, flush=True)
    if os.fork() == 0:
        raise SystemExit(4)
    print(os.wait()[1], flush=True)
    os._exit(5)
