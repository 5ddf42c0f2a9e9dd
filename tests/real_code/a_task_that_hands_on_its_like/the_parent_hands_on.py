"""The parent hands out one round of tasks after the other."""

import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from typing import Optional


class Builder:
    executor: Optional[ProcessPoolExecutor] = None

    @classmethod
    def open(cls, context):
        cls.executor = ProcessPoolExecutor(2, mp_context=context)

    @classmethod
    def build(cls, graph, name):
        built = []
        for part in graph[name]:
            built.extend(cls.build(graph, part))
        return [*built, cls.executor.submit(cls._make, name).result(timeout=10)]

    @classmethod
    def _make(cls, name):
        return name.upper()

    @classmethod
    def close(cls):
        cls.executor.shutdown()


if __name__ == "__main__":
    Builder.open(mp.get_context("spawn"))
    try:
        print(Builder.build({"app": ["lib"], "lib": []}, "app"))
    finally:
        Builder.close()
