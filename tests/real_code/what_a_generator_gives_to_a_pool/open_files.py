"""A generator opens the files that the tasks are to write."""

import multiprocessing as mp
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Export:
    name: str
    sink: object


def write(export):
    export.sink.write(export.name)
    return export.name


def exports(folder):
    for name in ("first", "second"):
        yield Export(name, open(folder / name, "w"))


def main():
    with tempfile.TemporaryDirectory() as folder, mp.Pool(2) as pool:
        for name in pool.imap(write, exports(Path(folder))):  # MP102
            print(name)


if __name__ == "__main__":
    main()
