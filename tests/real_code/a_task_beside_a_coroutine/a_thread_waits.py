"""A coroutine that never ends runs beside one that waits in a thread."""

import asyncio
import multiprocessing as mp


def work(n):
    print(n, flush=True)


async def tick():
    while True:
        await asyncio.sleep(0.01)


async def main():
    ticker = asyncio.create_task(tick())
    process = mp.Process(target=work, args=(1,))
    process.start()
    await asyncio.to_thread(process.join)
    ticker.cancel()


if __name__ == "__main__":
    asyncio.run(main())
