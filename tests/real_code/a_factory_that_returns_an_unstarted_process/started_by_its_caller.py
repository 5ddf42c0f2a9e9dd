import multiprocessing as mp


class PollerFactory:
    def __init__(self, context=None):
        self.context = context or mp.get_context()

    def build(self, url):
        return self.context.Process(target=poll, args=(url, 5))

    @classmethod
    def many(cls, urls):
        factory = cls()
        return [factory.build(url) for url in urls]


def poll(url, interval):
    print("polling", url, interval, flush=True)


def create_poller(url, interval=5):
    return mp.Process(target=poll, args=(url, interval))


def main(urls):
    pollers = [create_poller(url) for url in urls]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join(timeout=5)
    more = PollerFactory.many(urls)
    for poller in more:
        poller.start()
    for poller in more:
        poller.join(timeout=5)
    single = PollerFactory().build("http://localhost")
    single.start()
    single.join(timeout=5)


if __name__ == "__main__":
    main(["http://localhost"])
