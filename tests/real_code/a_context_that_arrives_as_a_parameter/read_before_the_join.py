import multiprocessing as mp


def produce(queue, count):
    for number in range(count):
        queue.put("x" * 1000 + str(number))


def run(ctx, count):
    queue = ctx.Queue()
    worker = ctx.Process(target=produce, args=(queue, count))
    worker.start()
    rows = [queue.get(timeout=1) for _ in range(count)]
    worker.join()
    return rows


if __name__ == "__main__":
    print(len(run(mp.get_context("spawn"), 500)))
