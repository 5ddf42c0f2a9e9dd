"""The process is told to end only after it has been waited for."""

import multiprocessing as mp

from elsewhere import serve


def run(method):
    if method is not None:
        server = mp.get_context(method).Process(target=serve, daemon=True)
    else:
        server = mp.Process(target=serve, daemon=True)
    server.start()
    server.join()  # MP201
    server.terminate()
