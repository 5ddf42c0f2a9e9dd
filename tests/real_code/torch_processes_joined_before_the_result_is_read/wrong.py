"""`start_processes` waits for the workers, whose result is read only then."""

import torch.multiprocessing as mp


class Launcher:
    def launch(self, function, *args):
        context = mp.get_context("spawn")
        results = context.SimpleQueue()
        if self.states:
            given = [function, args, results, self.states]
        else:
            given = [function, args, results]
        mp.start_processes(self.wrap, args=given, nprocs=2, start_method="spawn")  # MP401
        return results.get()

    def launch_and_join(self, function, *args):
        context = mp.get_context("spawn")
        results = context.SimpleQueue()
        started = mp.start_processes(
            self.wrap, args=(function, args, results), nprocs=2, start_method="spawn", join=False
        )
        while not started.join():  # MP401
            pass
        return results.get()

    def wrap(self, rank, function, args, results, states=None):
        value = function(*args)
        if rank == 0:
            results.put(value)
