"""One page for each address: nobody knows how long it is."""

import multiprocessing as mp


def fetch(addresses, results):
    for address in addresses:
        results.put(open(address).read())


def main(addresses):
    results = mp.Queue()
    child = mp.Process(target=fetch, args=(addresses, results))
    child.start()
    child.join()  # MP401
    return [results.get() for _ in addresses]
