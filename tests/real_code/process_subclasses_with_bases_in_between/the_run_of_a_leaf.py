import multiprocessing


class Base(multiprocessing.Process):
    def __init__(self, out):
        super().__init__()
        self.out = out

    def run(self):
        self.work()

    def work(self):
        pass


class Chatty(Base):
    def work(self):
        for number in range(50_000):
            self.out.put(number)


class Quiet(Base):
    def work(self):
        self.seen = 1


def main():
    out = multiprocessing.Queue()
    quiet = Quiet(out)
    quiet.start()
    quiet.join()
    chatty = Chatty(out)
    chatty.start()
    chatty.join()  # MP401
    print(out.get(timeout=1))
    again = Chatty(out)
    again.join(timeout=1)  # MP203


if __name__ == "__main__":
    main()
