"""Each task counts for itself, and the parent puts the counters together."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor


def letters(word):
    return Counter(word)


if __name__ == "__main__":
    calls = Counter()
    with ProcessPoolExecutor(max_workers=2) as executor:
        for found in executor.map(letters, ["tree", "house"]):
            calls.update(found)
    print(calls["e"])
