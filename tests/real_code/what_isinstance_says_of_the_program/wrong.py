"""The lines are read for the wrong kind of recipe."""

import multiprocessing as mp


class Recipe:
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
    if isinstance(recipe, ChunkRecipe):
        worker.join()  # MP401
        return
    print(len(lines.get(timeout=60)))
    worker.join()


if __name__ == "__main__":
    run(ChunkRecipe())
