"""The object reads until the other end is closed, and this process has it open."""

import multiprocessing as mp


class Entries:
    def __init__(self, receiver):
        self._receiver = receiver

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self._receiver.recv()  # MP405
        except EOFError:
            raise StopIteration from None


def unpack(sender):
    with sender:
        for number in range(3):
            sender.send(number)


if __name__ == "__main__":
    receiver, sender = mp.Pipe(duplex=False)
    process = mp.Process(target=unpack, args=(sender,), daemon=True)
    process.start()
    for entry in Entries(receiver):
        print(entry, flush=True)
    process.join(10)
