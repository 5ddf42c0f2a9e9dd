import multiprocessing as mp


def make(target, *args):
    return mp.get_context("spawn").Process(target=target, args=args)  # MP101


def watch(path, limit):
    def on_change():
        print("changed", path, limit, flush=True)

    watcher = make(on_change)
    watcher.start()
    watcher.join(timeout=limit)


def listen(path, limit):
    listener = make(print, "listening", path)
    listener.start()
    listener.join(timeout=limit)
