"""A subprocess that still runs is something of this process."""

import subprocess
from concurrent.futures import ProcessPoolExecutor


def run(command):
    return subprocess.Popen([command])  # MP112


def main(commands):
    with ProcessPoolExecutor(max_workers=2) as executor:
        return [each.wait() for each in executor.map(run, commands)]


if __name__ == "__main__":
    print(main(["true", "false"]))
