"""The workers are started by a `methodcaller`."""

import asyncio
import functools
import multiprocessing as mp
import operator


def work(number=0):
    print("work", number, flush=True)


async def wait_for(process):
    await asyncio.to_thread(process.join, 5)


def main():
    workers = [mp.Process(target=work, args=(number,)) for number in range(4)]
    list(map(operator.methodcaller("start"), workers))
    functools.reduce(lambda _, worker: worker.join(5), workers, None)
    asyncio.run(wait_for(workers[0]))
    if any(map(operator.attrgetter("exitcode"), workers)):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
