import torch.distributed as dist
import torch.multiprocessing as mp


def train(rank, world_size, queue):
    dist.init_process_group("gloo", rank=rank, world_size=world_size)
    for step in range(1000):
        queue.put([rank, step] * 50)
    dist.destroy_process_group()


def main(world_size):
    queue = mp.get_context("spawn").SimpleQueue()
    mp.spawn(train, args=(world_size, queue), nprocs=world_size)  # MP401
    return [queue.get() for _ in range(world_size)]


if __name__ == "__main__":
    main(2)
