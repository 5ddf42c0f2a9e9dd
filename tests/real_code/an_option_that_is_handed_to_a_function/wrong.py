"""What is done without the option is wrong."""

import argparse
import multiprocessing as mp


def work():
    print("work")


def launch(once):
    process = mp.Process(target=work)
    process.start()
    if not once:
        process.start()  # MP209
    process.join(10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--once", action="store_true")
    launch(parser.parse_args().once)
