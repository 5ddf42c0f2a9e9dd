"""The environment itself is sent, in a dict."""

import multiprocessing
import os


def show(env):
    print(len(env), flush=True)


def main():
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=show, args=({"env": os.environ},))  # MP102
    process.start()
    process.join()


if __name__ == "__main__":
    main()
