"""The workers have been started before they are put into the tuples."""

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
    process = mp.Process(target=bake, args=(kind,))
    process.start()
    return process


def end(item):
    match item:
        case Job(worker=inner):
            inner.join(5)
        case (_, inner):
            inner.join(5)


def main():
    shift = Shift("early", worker=worker("rye"))
    shift.worker.join(5)
    name, inner = Task("late", worker("oat"))
    inner.join(5)
    job = dataclasses.replace(Job(worker("bun")), rounds=2)
    end(job)
    end(("night", worker("bap")))
    if any(one.exitcode != 0 for one in (shift.worker, inner, job.worker)):
        raise SystemExit(name)


if __name__ == "__main__":
    main()
