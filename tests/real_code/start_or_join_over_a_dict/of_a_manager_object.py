import multiprocessing as mp


def serve(name):
    print("serving", name, flush=True)


class Fleet:
    def __init__(self):
        self.by_name = {}

    def add(self, name):
        self.by_name[name] = mp.Process(target=serve, args=(name,))

    def start(self):
        for process in self.by_name.values():
            process.start()

    def stop(self):
        for name in list(self.by_name):
            self.by_name.pop(name).join(timeout=5)


def main():
    fleet = Fleet()
    fleet.add("a")
    fleet.add("b")
    fleet.start()
    fleet.stop()
    spare = {}
    spare["c"] = mp.Process(target=serve, args=("c",))
    for name in spare:
        spare[name].join(timeout=5)  # MP203


if __name__ == "__main__":
    main()
