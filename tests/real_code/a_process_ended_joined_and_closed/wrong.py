"""It is joined for a while and closed, whether or not it has ended."""

import multiprocessing as mp


class Reporter:
    def __init__(self):
        self.senders = []

    def send(self, message):
        sender = mp.Process(target=print, args=(message,))
        sender.start()
        self.senders.append(sender)

    def close(self, timeout=10.0):
        for sender in self.senders:
            sender.join(timeout=timeout)
            sender.close()  # MP214


if __name__ == "__main__":
    reporter = Reporter()
    reporter.send("begun")
    reporter.close()
