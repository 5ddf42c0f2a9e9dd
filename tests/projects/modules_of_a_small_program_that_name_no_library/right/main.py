import multiprocessing

from session import Session


def double(number):
    return number * 2


class Doubling(Session):
    def run(self, numbers):
        for number in numbers:
            self.submit(double, number)


def main():
    with Doubling(multiprocessing.get_context(), 2) as session:
        session.run(range(4))
    print(session.errors)


if __name__ == "__main__":
    main()
