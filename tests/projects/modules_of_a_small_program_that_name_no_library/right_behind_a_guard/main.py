import sys
from concurrent.futures import ProcessPoolExecutor

from commands import Commands
from shapes import area

commands = Commands()


@commands.command("list")
def show(sides):
    print(sides)


@commands.command("areas")
def areas(sides):
    with ProcessPoolExecutor(2) as executor:
        print(list(executor.map(area, sides)))


def cli(argv):
    name, *_ = argv or ["areas"]
    commands.call(name, [1, 2, 3])


if __name__ == "__main__":
    cli(sys.argv[1:])
