import multiprocessing as mp


class Worker(mp.Process):
    def start(self):
        self.inbox = mp.Queue()
        super().start()

    def run(self):
        print(self.inbox.get(timeout=5), flush=True)


class Logged(mp.Process):
    def start(self):
        print("starting", self.name)

    def run(self):
        print("running", flush=True)


def main():
    worker = Worker()
    worker.start()
    worker.start()  # MP209
    worker.inbox.put(1)
    worker.join(timeout=5)
    logged = Logged()
    logged.start()
    logged.join(timeout=5)  # MP203


if __name__ == "__main__":
    main()
