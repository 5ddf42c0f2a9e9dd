"""Workers that nobody has started are taken out of tuples by name, by position and by pattern."""

import collections
import dataclasses
import multiprocessing as mp
import typing

Shift = collections.namedtuple("Shift", "name worker")


class Task(typing.NamedTuple):
    name: str
    worker: mp.Process


@dataclasses.dataclass
class Job:
    worker: mp.Process
    rounds: int = 1


def bake(kind):
    print("baked", kind, flush=True)


def worker(kind):
    return mp.Process(target=bake, args=(kind,))


def end(item):
    match item:
        case Job(worker=inner):
            inner.join(5)  # MP203
        case (_, inner):
            inner.join(5)  # MP203


def main():
    shift = Shift("early", worker=worker("rye"))
    shift.worker.join(5)  # MP203
    name, inner = Task("late", worker("oat"))
    inner.join(5)  # MP203
    job = dataclasses.replace(Job(worker("bun")), rounds=2)
    end(job)
    end(("night", worker("bap")))
    if any(one.exitcode != 0 for one in (shift.worker, inner, job.worker)):
        raise SystemExit(name)


if __name__ == "__main__":
    main()
