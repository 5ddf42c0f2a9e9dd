"""A child hands the connection to a child of its own, and only the last one sends."""

import multiprocessing as mp


def child(n, end):
    if n > 1:
        process = mp.Process(target=child, args=(n - 1, end))
        process.start()
        end.close()
        process.join(timeout=20)
    else:
        end.send(n)


if __name__ == "__main__":
    reader, writer = mp.Pipe(False)
    process = mp.Process(target=child, args=(3, writer))
    process.start()
    writer.close()
    if reader.poll(20):
        print(reader.recv())
    process.join(timeout=20)
