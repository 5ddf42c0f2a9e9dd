from dataclasses import dataclass

from .store import Store


@dataclass
class Job:
    number: int


def work(job):
    store = Store()
    with store.opened() as target:
        target.write(job.number)
    return job.number
