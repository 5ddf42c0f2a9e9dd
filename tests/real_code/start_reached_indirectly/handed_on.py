import atexit
import functools
import multiprocessing as mp
import operator
import signal
import threading

from apscheduler.schedulers.background import BackgroundScheduler


def work(number):
    print(number, flush=True)


class Registry:
    def __init__(self):
        self.processes = []

    def register(self, process, autostart=True):
        self.processes.append(process)
        return process

    def __enter__(self):
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *error):
        for process in self.processes:
            getattr(process, "join")(timeout=5)


class Service:
    def __init__(self, number):
        self._process = mp.Process(target=work, args=(number,))

    def __getattr__(self, name):
        return getattr(self._process, name)


def start_later(process, delay):
    timer = threading.Timer(delay, process.start)
    timer.start()
    timer.join()


def call_each(processes, name):
    for process in processes:
        operator.methodcaller(name)(process)


def main(scheduler, watched):
    registry = Registry()
    registry.register(mp.Process(target=work, args=(1,)))
    with registry:
        pass
    later = mp.Process(target=work, args=(2,))
    start_later(later, 0.1)
    later.join(timeout=5)
    called = [mp.Process(target=work, args=(number,)) for number in range(2)]
    call_each(called, "start")
    call_each(called, "join")
    service = Service(3)
    service.start()
    service.join(timeout=5)
    given = mp.Process(target=work, args=(4,))
    scheduler.add(given)
    watched.append(given)
    given.join(timeout=5)
    partial = mp.Process(target=work, args=(5,))
    functools.partial(partial.start)()
    partial.join(timeout=5)
    last = mp.Process(target=work, args=(6,))
    signal.signal(signal.SIGUSR1, lambda *_: last.start())
    atexit.register(last.join, 5)


if __name__ == "__main__":
    main(BackgroundScheduler(), [])
