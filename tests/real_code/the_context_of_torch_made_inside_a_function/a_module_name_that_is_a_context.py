import torch


def collect(env, steps):
    mp = torch.multiprocessing.get_context("spawn")
    queue = mp.Queue()

    def rollout():
        for step in range(steps):
            queue.put(env.step(step))

    worker = mp.Process(target=rollout)  # MP101
    worker.start()
    frames = [queue.get(timeout=60) for _ in range(steps)]
    worker.join(timeout=60)
    return frames
