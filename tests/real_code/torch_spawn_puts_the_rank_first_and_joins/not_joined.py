import torch.multiprocessing as mp


def train(rank, queue, steps):
    for step in range(steps):
        queue.put([rank, step] * 50)


def main(world_size, steps):
    queue = mp.get_context("spawn").Queue()
    context = mp.spawn(train, args=(queue, steps), nprocs=world_size, join=False)
    rows = [queue.get(timeout=60) for _ in range(world_size * steps)]
    context.join()
    return rows


if __name__ == "__main__":
    main(2, 1000)
