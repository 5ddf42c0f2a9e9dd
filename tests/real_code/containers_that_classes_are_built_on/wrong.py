"""The workers of a list and of a dict of the program are joined before anybody starts them."""

import multiprocessing as mp
from collections import UserDict


def upload(name):
    print("upload", name, flush=True)


class Crew(list):
    def __iadd__(self, worker):
        self.append(worker)
        return self


class Fleet(UserDict):
    def __setitem__(self, name, agent):
        super().__setitem__(name, agent)


def main():
    crew = Crew()
    for number in range(3):
        crew += mp.Process(target=upload, args=(number,))
    fleet = Fleet()
    for name in ("north", "south"):
        fleet[name] = mp.Process(target=upload, args=(name,))
    for worker in crew:
        worker.join(5)  # MP203
    for agent in fleet.values():
        agent.join(5)  # MP203
    if any(worker.exitcode != 0 for worker in [*crew, *fleet.values()]):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
