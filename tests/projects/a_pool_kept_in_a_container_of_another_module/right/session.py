import multiprocessing

_state = {}
_more = []
settings = {}


class Held:
    executor = None


def open_session():
    _state["pool"] = multiprocessing.Pool(settings["workers"])
    _more.append(multiprocessing.Pool(1))
    Held.pool = multiprocessing.Pool(1)


def run(function, values):
    return _state["pool"].map(function, values)


def close():
    for pool in [_state.pop("pool"), *_more, Held.pool]:
        pool.terminate()
        pool.join()
