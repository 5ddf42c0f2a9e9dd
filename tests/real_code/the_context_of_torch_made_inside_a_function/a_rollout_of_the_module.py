import torch


def rollout(env, queue, steps):
    for step in range(steps):
        queue.put(env.step(step))


def collect(env, steps):
    mp = torch.multiprocessing.get_context("spawn")
    queue = mp.Queue()
    worker = mp.Process(target=rollout, args=(env, queue, steps))
    worker.start()
    frames = [queue.get(timeout=60) for _ in range(steps)]
    worker.join(timeout=60)
    return frames
