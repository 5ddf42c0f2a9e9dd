"""The object is gone with `main()`, and what it kept with it."""

from concurrent.futures import ProcessPoolExecutor


def deliver(address):
    user, host = address.split("@")
    return f"{host}.{user}"


class Outbox:
    def __init__(self):
        self.executor = ProcessPoolExecutor(2)
        self.sent = []

    def post(self, address):
        self.sent.append(self.executor.submit(deliver, address))  # MP304

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.executor.shutdown()


def main():
    with Outbox() as outbox:
        for address in ("ada@garden", "bo-at-garden"):
            outbox.post(address)
        print(len(outbox.sent))


if __name__ == "__main__":
    main()
