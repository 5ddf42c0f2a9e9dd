"""The child reads until it is sent `None`, and nobody sends it."""

import multiprocessing as mp


class Upper(mp.Process):
    def __init__(self):
        super().__init__()
        self.inside, self.outside = mp.Pipe()

    def run(self):
        for text in iter(self.inside.recv, None):  # MP406
            self.inside.send(text.upper())

    def ask(self, text):
        self.outside.send(text)
        return self.outside.recv()  # MP406


def main(text):
    upper = Upper()
    upper.start()
    print(upper.ask([text]))
    upper.join()  # MP201
