"""The result is read while the workers run, or is small enough for the pipe."""

import torch.multiprocessing as mp


def wrap(rank, function, results):
    value = function()
    if rank == 0:
        results.put(value)


def done(rank, results):
    results.put(rank)


def launch(function):
    results = mp.get_context("spawn").SimpleQueue()
    started = mp.start_processes(wrap, args=(function, results), nprocs=2, start_method="spawn", join=False)
    value = results.get()
    while not started.join():
        pass
    return value


def small():
    results = mp.get_context("spawn").SimpleQueue()
    mp.start_processes(done, args=(results,), nprocs=2, start_method="spawn")
    return results.get()
