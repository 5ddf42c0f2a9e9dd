"""Without an option the work is done in processes, with it in this one."""

import argparse
import multiprocessing as mp


class Count(mp.Process):
    def __init__(self, name):
        super().__init__(name=name)
        self.is_under_way = False

    def start(self):
        super().start()
        self.is_under_way = True

    def run(self):
        print(self.name)


def launch(count, inline):
    if inline:
        count.run()
    else:
        count.start()


def finish(count):
    if count.is_under_way:
        count.join(10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inline", action="store_true")
    options = parser.parse_args()
    counts = [Count(name) for name in "abc"]
    for count in counts:
        launch(count, options.inline)
    for count in counts:
        finish(count)


if __name__ == "__main__":
    main()
