from concurrent.futures import ProcessPoolExecutor

from distributed import Client


def analyse(paths, threshold):
    with Client() as client:
        futures = client.map(lambda path: (path, threshold), paths)
        results = client.gather(futures)
    with ProcessPoolExecutor() as client:
        results += client.map(lambda path: (path, threshold), paths)  # MP101
    return results
