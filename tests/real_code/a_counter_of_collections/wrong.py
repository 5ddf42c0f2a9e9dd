"""What the tasks count is counted in the workers, and the parent reads its own counter."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor

calls = Counter()


def weigh(parcel):
    calls["weigh"] += 1  # MP602
    return parcel * 2


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(weigh, range(4))))
    print(calls["weigh"])
