def produce(queue, count):
    for _ in range(count):
        queue.put(bytes(100_000))
