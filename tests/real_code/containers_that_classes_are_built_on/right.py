"""A list and a dict of the program start what they are given."""

import multiprocessing as mp
from collections import UserDict


def upload(name):
    print("upload", name, flush=True)


class Crew(list):
    def __iadd__(self, worker):
        worker.start()
        self.append(worker)
        return self


class Fleet(UserDict):
    def __setitem__(self, name, agent):
        agent.start()
        super().__setitem__(name, agent)


def main():
    crew = Crew()
    for number in range(3):
        crew += mp.Process(target=upload, args=(number,))
    fleet = Fleet()
    for name in ("north", "south"):
        fleet[name] = mp.Process(target=upload, args=(name,))
    for worker in crew:
        worker.join(5)
    for agent in fleet.values():
        agent.join(5)
    if any(worker.exitcode != 0 for worker in [*crew, *fleet.values()]):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
