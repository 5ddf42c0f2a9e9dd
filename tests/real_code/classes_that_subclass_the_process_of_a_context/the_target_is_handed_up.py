import multiprocessing
import threading

_spawn = multiprocessing.get_context("spawn")
SpawnProcess = _spawn.Process


class Monitor(SpawnProcess):
    def __init__(self, on_exit):
        super().__init__(target=on_exit)  # MP101
        self.seen = 0

    def run(self):
        self.seen += 1


class ForkMonitor(multiprocessing.get_context("fork").Process):
    def __init__(self, on_exit):
        super().__init__(target=on_exit)

    def run(self):
        super().run()


def watch():
    thread_lock = threading.Lock()
    monitor = Monitor(lambda: thread_lock.acquire())
    monitor.start()
    monitor.join(timeout=1)
    last = Monitor(print)
    last.join(timeout=1)  # MP203
    other = ForkMonitor(lambda: print("over", flush=True))
    other.start()
    other.join(timeout=1)


if __name__ == "__main__":
    watch()
