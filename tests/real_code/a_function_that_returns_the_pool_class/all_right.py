import concurrent.futures
import os


def executor_type(in_processes=True):
    if in_processes and os.name != "nt":
        kind = concurrent.futures.ProcessPoolExecutor
    else:
        kind = concurrent.futures.ThreadPoolExecutor
    return kind


def load(path):
    with open(path, "rb") as handle:
        return handle.read()


def load_all(paths):
    with executor_type()(max_workers=2) as executor:
        futures = {executor.submit(load, path): path for path in paths}
        return {path: future.result(timeout=60) for future, path in futures.items()}
