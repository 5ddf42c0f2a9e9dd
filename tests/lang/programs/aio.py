import asyncio
import multiprocessing as mp


def work(ready):
    ready.set()


if __name__ == "__main__":
    ready = asyncio.Event()
    p = mp.Process(target=work, args=(ready,))
    p.start()
    p.join(5)
