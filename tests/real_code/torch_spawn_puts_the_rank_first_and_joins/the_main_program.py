import torch.multiprocessing as mp


def worker(rank, world_size, seed):
    print("rank", rank, "of", world_size, seed + rank, flush=True)


if __name__ == "__main__":
    world_size = 2
    mp.spawn(worker, args=(world_size, 13), nprocs=world_size, join=True)
    context = mp.spawn(worker, args=(world_size, 17), nprocs=world_size, join=False)
    while not context.join(timeout=5):
        print("waiting")
    mp.start_processes(worker, args=(world_size, 19), nprocs=world_size, start_method="fork")
