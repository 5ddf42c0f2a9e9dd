import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import ray.util.multiprocessing
from dask.distributed import Client, LocalCluster
from joblib import Parallel, delayed
from loky import get_reusable_executor


def analyse(paths, threshold):
    client = Client(LocalCluster(n_workers=multiprocessing.cpu_count()))
    futures = client.map(lambda path: (path, threshold), paths)
    one = client.submit(lambda: threshold)
    gathered = client.gather(futures)
    with ray.util.multiprocessing.Pool(2) as pool:
        pool.map(lambda path: (path, threshold), paths)
    jobs = Parallel(n_jobs=2)(delayed(lambda path: path)(path) for path in paths)
    executor = get_reusable_executor(max_workers=2)
    loky = list(executor.map(lambda path: path, paths))
    return gathered, one, jobs, loky
