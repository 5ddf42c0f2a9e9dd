"""What is wrong with an item is caught before it is done."""

import multiprocessing as mp


def weigh(parcel):
    if parcel < 0:
        raise ValueError(f"{parcel} weighs nothing")
    return parcel * 2


def work(parcels):
    while True:
        try:
            parcel = parcels.get(timeout=5)
            if parcel is None:
                parcels.task_done()
                break
            print(weigh(parcel), flush=True)
            parcels.task_done()
        except ValueError as error:
            print(error, flush=True)


if __name__ == "__main__":
    parcels = mp.JoinableQueue()
    worker = mp.Process(target=work, args=(parcels,))
    worker.start()
    for parcel in (3, -1, 4, None):
        parcels.put(parcel)
    parcels.join()  # MP407
    worker.join(10)
