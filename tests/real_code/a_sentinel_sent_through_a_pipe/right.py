"""The child reads until it is sent `None`, which stop() does."""

import multiprocessing as mp


class Upper(mp.Process):
    def __init__(self):
        super().__init__()
        self.inside, self.outside = mp.Pipe()

    def run(self):
        for text in iter(self.inside.recv, None):
            self.inside.send(text.upper())

    def ask(self, text):
        self.outside.send(text)
        return self.outside.recv()

    def stop(self):
        self.outside.send(None)


def main():
    upper = Upper()
    upper.start()
    print(upper.ask("hello"))
    upper.stop()
    upper.join()


if __name__ == "__main__":
    main()
