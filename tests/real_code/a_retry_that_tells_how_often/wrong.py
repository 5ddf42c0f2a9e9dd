"""No attempt but a part of the work: each round has its own."""

import multiprocessing as mp


def fetch(part):
    return part * part


def fetch_all(parts):
    found = []
    for part in range(parts):
        with mp.get_context("spawn").Pool(2) as pool:  # MP308
            found += pool.map(fetch, range(part, part + 10))
        if len(found) > 1000:
            break
    return found


if __name__ == "__main__":
    print(len(fetch_all(3)))
