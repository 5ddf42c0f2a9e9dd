import multiprocessing as mp


def send(connection, size):
    connection.send(b"x" * size)
    connection.close()


def main(sizes):
    pipes = [mp.Pipe(duplex=False) for _ in sizes]
    senders = [
        mp.Process(target=send, args=(writer, size)) for (reader, writer), size in zip(pipes, sizes)
    ]
    for sender in senders:
        sender.start()
    received = [reader.recv() for reader, writer in pipes]
    for sender in senders:
        sender.join()
    return received


def produce(results, rows):
    for row in rows:
        results.put(row)


def gather(parts):
    results = mp.Queue()
    producers = [mp.Process(target=produce, args=(results, part)) for part in parts]
    _ = [producer.start() for producer in producers]
    _ = [producer.join() for producer in producers]  # MP401
    return [results.get(timeout=1) for part in parts for _ in part]
