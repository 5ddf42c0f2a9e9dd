from concurrent.futures import ProcessPoolExecutor

_handle = None
_cache = {}


def _open(path):
    global _handle
    _handle = open(path, "rb")
    _cache["connection"] = _handle


def _read(offset):
    _handle.seek(offset)
    return _cache["connection"].read(16)


def read(path, offsets):
    with ProcessPoolExecutor(2, initializer=_open, initargs=(path,)) as executor:
        return list(executor.map(_read, offsets))


def read_of_an_open_file(path, offsets):
    handle = open(path, "rb")
    with ProcessPoolExecutor(2, initializer=_open, initargs=(handle,)) as executor:  # MP102
        return list(executor.map(_read, offsets))
