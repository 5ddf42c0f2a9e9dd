"""A worker puts lines for one kind of recipe only, and they are read where it is of that kind."""

import multiprocessing as mp


class Recipe:
    pass


class MapRecipe(Recipe):
    pass


class ChunkRecipe(Recipe):
    pass


def work(recipe, lines):
    if isinstance(recipe, ChunkRecipe):
        lines.put(["a line"] * 100_000)


def run(recipe):
    lines = mp.Queue()
    worker = mp.Process(target=work, args=(recipe, lines))
    worker.start()
    if not isinstance(recipe, ChunkRecipe):
        worker.join()
        return
    print(len(lines.get(timeout=60)))
    worker.join()


def map_all():
    run(MapRecipe())


def write_all():
    run(ChunkRecipe())


if __name__ == "__main__":
    map_all()
    write_all()
