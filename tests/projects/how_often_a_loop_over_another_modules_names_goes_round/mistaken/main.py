import multiprocessing

import settings
from steps import STEPS


def run(name, values):
    with multiprocessing.Pool(2) as pool:  # MP308
        return name, pool.map(abs, values)


def main():
    for name in sorted(STEPS):
        print(run(name, [-1, 2]))
    for _, name in enumerate(settings.NAMES):
        print(run(name, [-1, 2]))


if __name__ == "__main__":
    main()
