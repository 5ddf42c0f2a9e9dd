"""Several children send by the same end of a pipe."""

import multiprocessing as mp


def child(n, end):
    end.send([n] * 100_000)  # MP410


if __name__ == "__main__":
    reader, writer = mp.Pipe(False)
    processes = [mp.Process(target=child, args=(n, writer)) for n in range(3)]
    for process in processes:
        process.start()
    while reader.poll(1):
        print(len(reader.recv()))
    for process in processes:
        process.join(timeout=20)
