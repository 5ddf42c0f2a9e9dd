"""The barrier is for one more than come to it."""

import multiprocessing as mp


def work(connection, barrier):
    barrier.wait()
    while True:
        message = connection.recv()
        if message["task"] == "end":
            break
        print(message, flush=True)


def main(count):
    barrier = mp.Barrier(count + 1)  # MP506
    senders, processes = [], []
    for _ in range(count):
        sender, receiver = mp.Pipe()
        process = mp.Process(target=work, args=(receiver, barrier))
        process.start()
        senders.append(sender)
        processes.append(process)
    for sender in senders:
        sender.send({"task": "end"})
    for process in processes:
        process.join()  # MP201


if __name__ == "__main__":
    main(3)
