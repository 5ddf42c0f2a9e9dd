import multiprocessing as mp
import threading


class Session:
    def __init__(self, name):
        self.name = name
        self.lock = threading.RLock()

    def __getstate__(self):
        return {"name": self.name}


class PlainSession:
    def __init__(self, name):
        self.name = name
        self.lock = threading.RLock()


def serve(session):
    print(session.name, flush=True)


def run(name):
    ctx = mp.get_context("spawn")
    first = ctx.Process(target=serve, args=(Session(name),))
    first.start()
    first.join(timeout=5)
    second = ctx.Process(target=serve, args=(PlainSession(name),))  # MP102
    second.start()
    second.join(timeout=5)
