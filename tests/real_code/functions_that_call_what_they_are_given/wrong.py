"""Nobody starts the workers that `to_thread` and `reduce` wait for."""

import asyncio
import functools
import multiprocessing as mp
import operator


def work(number=0):
    print("work", number, flush=True)


async def wait_for(process):
    await asyncio.to_thread(process.join, 5)  # MP203


def main():
    workers = [mp.Process(target=work, args=(number,)) for number in range(4)]
    if len(workers) > 4:
        list(map(operator.methodcaller("join", 5), workers))  # MP203
    if len(workers) > 5:
        functools.reduce(lambda _, worker: worker.join(5), [mp.Process(target=work)], None)  # MP203
    asyncio.run(wait_for(mp.Process(target=work, args=(9,))))
    if any(map(operator.attrgetter("exitcode"), workers)):
        raise SystemExit("a worker failed")


if __name__ == "__main__":
    main()
