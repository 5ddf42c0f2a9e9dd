"""A generator gives the paths, and each task opens its own file."""

import multiprocessing as mp
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Export:
    name: str
    path: Path


def write(export):
    with open(export.path, "w") as sink:
        sink.write(export.name)
    return export.name


def exports(folder):
    for name in ("first", "second"):
        yield Export(name, folder / name)


def main():
    with tempfile.TemporaryDirectory() as folder, mp.Pool(2) as pool:
        for name in pool.imap(write, exports(Path(folder))):
            print(name)


if __name__ == "__main__":
    main()
