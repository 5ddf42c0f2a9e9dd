"""A pipeline that runs at import, with processes."""

import multiprocessing
import threading
from dataclasses import dataclass


@dataclass
class Stage:
    function: object
    mode: str = "thread"


class Processes:
    def __init__(self, stage):
        self.stage = stage

    def run(self, items):
        with multiprocessing.Pool(2) as pool:  # MP001 MP308
            return pool.map(self.stage.function, items)


class Threads:
    def __init__(self, stage):
        self.stage = stage

    def run(self, items):
        results = []
        thread = threading.Thread(target=lambda: results.extend(map(self.stage.function, items)))
        thread.start()
        thread.join()
        return results


def runner_of(stage):
    if stage.mode == "thread":
        return Threads(stage)
    elif stage.mode == "process":
        return Processes(stage)
    raise ValueError(stage.mode)


class Pipeline:
    def __init__(self, stages=None):
        self.stages = stages or []

    def map(self, function, mode="thread"):
        return Pipeline(self.stages + [Stage(function, mode)])

    def run(self, items):
        for stage in self.stages:
            items = runner_of(stage).run(items)
        return items


print(Pipeline().map(len, "process").run(["a", "bb"]))
