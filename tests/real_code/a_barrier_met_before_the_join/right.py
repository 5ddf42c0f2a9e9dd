"""Whoever waits for the processes has come to the barrier that they wait at."""

import multiprocessing as mp


def work(connection, barrier):
    barrier.wait()
    while True:
        message = connection.recv()
        if message["task"] == "end":
            break
        print(message, flush=True)


def main(count):
    barrier = mp.Barrier(count + 1)
    senders, processes = [], []
    for _ in range(count):
        sender, receiver = mp.Pipe()
        process = mp.Process(target=work, args=(receiver, barrier))
        process.start()
        senders.append(sender)
        processes.append(process)
    barrier.wait()
    for sender in senders:
        sender.send({"task": "end"})
    for process in processes:
        process.join()


if __name__ == "__main__":
    main(3)
