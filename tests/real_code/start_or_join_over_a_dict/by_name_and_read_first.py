import multiprocessing as mp


def serve(name, answers):
    for number in range(10_000):
        answers.put((name, number))


def main(names):
    answers = mp.Queue()
    servers = {name: mp.Process(target=serve, args=(name, answers)) for name in names}
    for name in servers:
        servers[name].start()
    rows = [answers.get(timeout=1) for _ in range(10_000 * len(names))]
    for name, server in servers.items():
        server.join()
        print(name, "is over")
    return rows


if __name__ == "__main__":
    main(["left", "right"])
