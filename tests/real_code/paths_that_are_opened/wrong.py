"""What a path opens is a file, however the path was made."""

from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp


def note(log):
    log.write("started")


def main():
    folder = Path(mkdtemp()).resolve()
    log = (folder / "logs.txt").open("w")
    process = get_context("spawn").Process(target=note, args=(log,))  # MP102
    process.start()
    process.join()


if __name__ == "__main__":
    main()
