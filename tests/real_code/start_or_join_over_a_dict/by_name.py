import multiprocessing as mp


def serve(name, answers):
    for number in range(10_000):
        answers.put((name, number))


def main(names):
    answers = mp.Queue()
    servers = {name: mp.Process(target=serve, args=(name, answers)) for name in names}
    for server in servers.values():
        server.start()
    for name, server in servers.items():
        server.join()  # MP401
        print(name, "is over")
    return [answers.get(timeout=1) for _ in range(10_000 * len(names))]


if __name__ == "__main__":
    main(["left", "right"])
