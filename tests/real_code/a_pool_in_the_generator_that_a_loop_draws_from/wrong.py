"""Each round draws from a new generator, and makes a new pool with it."""

import multiprocessing


def analyse(name):
    return len(name)


def analysed(names):
    with multiprocessing.Pool(2) as pool:  # MP308
        for result in pool.imap_unordered(analyse, names):
            yield result


def main():
    for names in (["one", "three"], ["four"], ["five"]):
        for result in analysed(names):
            print(result)


if __name__ == "__main__":
    main()
