from concurrent.futures import ProcessPoolExecutor as PoolExecutor
from torch.multiprocessing import Pool as ProcessPool


def tokenize(path):
    return path.split("/")


def run(paths, log_path):
    with open(log_path, "a") as log, ProcessPool(2) as workers:
        workers.apply(tokenize, (log,))  # MP102
        return workers.starmap(tokenize, [(path,) for path in paths])


def run_with_executor(paths, log_path):
    with open(log_path, "a") as log, PoolExecutor(2) as workers:
        future = workers.submit(tokenize, log.name)
        return future.result(timeout=10)
