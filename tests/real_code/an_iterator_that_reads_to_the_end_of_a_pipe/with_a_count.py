"""One that is told how many there are ends by itself, and so does a loop that is left."""

import multiprocessing as mp


class Counted:
    def __init__(self, receiver, count):
        self._receiver = receiver
        self._left = count

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        self._left -= 1
        try:
            return self._receiver.recv()
        except EOFError:
            raise StopIteration from None


class Entries:
    def __init__(self, receiver):
        self._receiver = receiver

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self._receiver.recv()
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
    for entry in Counted(receiver, 1):
        print(entry, flush=True)
    for entry in Entries(receiver):
        print(entry, flush=True)
        if entry == 2:
            break
    process.join(10)
