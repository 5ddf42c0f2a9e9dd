"""Each item is done when its block is left, whether it was good or not; what is wrong with it is caught outside."""

import multiprocessing as mp
from contextlib import contextmanager


@contextmanager
def one_of(parcels):
    parcel = parcels.get(timeout=5)
    try:
        yield parcel
    finally:
        parcels.task_done()


def weigh(parcel):
    if parcel < 0:
        raise ValueError(f"{parcel} weighs nothing")
    return parcel * 2


def work(parcels):
    while True:
        try:
            with one_of(parcels) as parcel:
                if parcel is None:
                    break
                print(weigh(parcel), flush=True)
        except ValueError as error:
            print(error, flush=True)


if __name__ == "__main__":
    parcels = mp.JoinableQueue()
    worker = mp.Process(target=work, args=(parcels,))
    worker.start()
    for parcel in (3, -1, 4, None):
        parcels.put(parcel)
    parcels.join()
    worker.join(10)
