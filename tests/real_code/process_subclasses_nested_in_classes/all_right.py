import multiprocessing as mp


class Server:
    class Worker(mp.Process):
        def __init__(self, inbox, owner=None):
            super(Server.Worker, self).__init__(name="server-worker")
            self.inbox = inbox

        def run(self):
            for number in range(100_000):
                self.inbox.put(number)

    worker_class = Worker

    def __init__(self):
        self.inbox = mp.Queue()
        self.worker = self.worker_class(self.inbox)

    def serve(self):
        self.worker.start()
        numbers = [self.inbox.get(timeout=10) for _ in range(100_000)]
        self.worker.join()
        return numbers


if __name__ == "__main__":
    Server().serve()
