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
        print(list(executor.map(area, sides)))  # MP001


def cli(argv):
    name, *_ = argv or ["areas"]
    commands.call(name, [1, 2, 3])


cli(sys.argv[1:])
