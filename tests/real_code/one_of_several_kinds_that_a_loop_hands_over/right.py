"""Those that hold a lock stay here."""

import threading
from concurrent.futures import ProcessPoolExecutor


class Stamp:
    def __init__(self, year):
        self.year = year


class Rarity:
    def __init__(self, year):
        self.year = year
        self.lock = threading.Lock()


KINDS = {"plain": Stamp, "rare": Rarity}


def age(stamp):
    return 2026 - stamp.year


def main():
    album = [KINDS[kind](year) for kind, year in (("plain", 1902), ("rare", 1856))]
    with ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(age, stamp) for stamp in album if isinstance(stamp, Stamp)]
        print([future.result(timeout=10) for future in futures])


if __name__ == "__main__":
    main()
