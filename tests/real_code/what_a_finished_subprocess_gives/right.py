"""`subprocess.run` returns a record of texts and numbers, which pickle sends."""

import subprocess
from concurrent.futures import ProcessPoolExecutor


def run(command):
    return subprocess.run([command], text=True, capture_output=True)


def code(command):
    return subprocess.call([command])


def main(commands):
    with ProcessPoolExecutor(max_workers=2) as executor:
        done = [executor.submit(run, command) for command in commands]
        codes = list(executor.map(code, commands))
    return [each.result().returncode for each in done], codes


if __name__ == "__main__":
    print(main(["true", "false"]))
