import multiprocessing as mp


class Server:
    class Worker(mp.Process):
        def __init__(self, inbox):  # MP205
            self.inbox = inbox

        def run(self):
            self.inbox.put(1)

    class Reader(mp.Process):
        def __init__(self, inbox):
            super().__init__()
            self.inbox = inbox

        def run(self):
            for number in range(100_000):
                self.inbox.put(number)

    def __init__(self):
        self.inbox = mp.Queue()
        self.worker = self.Worker(self.inbox)

    def serve(self):
        reader = Server.Reader(self.inbox)
        reader.start()
        reader.join()  # MP401
        return [self.inbox.get(timeout=1) for _ in range(100_000)]


if __name__ == "__main__":
    Server().serve()
