import multiprocessing as mp


def work(number):
    print(number, flush=True)


class Registry:
    def __init__(self):
        self.processes = []

    def register(self, process):
        self.processes.append(process)
        return process

    def join(self):
        for process in self.processes:
            process.join(timeout=5)  # MP203


def main():
    registry = Registry()
    registry.register(mp.Process(target=work, args=(1,)))
    registry.join()
    named = mp.Process(target=work, args=(2,))
    named.start  # MP203


if __name__ == "__main__":
    main()
