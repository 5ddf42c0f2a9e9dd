"""The path goes to the child, which opens it there."""

from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp


def note(path):
    with path.open("w") as log:
        log.write("started")


def main():
    folder = Path(mkdtemp()).resolve()
    path = folder.joinpath("logs").with_suffix(".txt")
    with path.open("w") as log:
        log.write("made")
    process = get_context("spawn").Process(target=note, args=(path,))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit("no note was taken")


if __name__ == "__main__":
    main()
