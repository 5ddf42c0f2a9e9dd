"""The one object of the class has a process that nobody starts."""

import multiprocessing as mp


def tick():
    print("tick", flush=True)


class Clock:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
            cls._only.process = mp.Process(target=tick)
            cls._only.rounds = 1
        return cls._only


def main():
    Clock().process.join(5)  # MP203
    if Clock().process.exitcode != 0:
        raise SystemExit("the clock stood still")


if __name__ == "__main__":
    main()
