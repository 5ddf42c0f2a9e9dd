def gather(model, batches):
    import torch.multiprocessing as torch_mp

    mp = torch_mp.get_context("forkserver")
    results = mp.SimpleQueue()
    workers = []
    for batch in batches:
        worker = mp.Process(target=predict, args=(model, batch, results))
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.join()  # MP401
    return [results.get() for _ in workers]


def gather_well(model, batches):
    import torch.multiprocessing as torch_mp

    mp = torch_mp.get_context("forkserver")
    results = mp.SimpleQueue()
    workers = []
    for batch in batches:
        worker = mp.Process(target=predict, args=(model, batch, results))
        worker.start()
        workers.append(worker)
    collected = [results.get() for _ in workers]
    for worker in workers:
        worker.join(timeout=10)
    return collected


def predict(model, batch, results):
    results.put([model(row) for row in batch])
