"""The executor is kept on the class. A class is sent by its name, so the worker uses the executor that it has inherited."""

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
        return cls.executor.submit(cls._build, graph, name).result(timeout=10)

    @classmethod
    def _build(cls, graph, name):
        parts = [cls.executor.submit(cls._build, graph, part) for part in graph[name]]  # MP316
        return [name, *(built for part in parts for built in part.result(timeout=5))]

    @classmethod
    def close(cls):
        cls.executor.shutdown(wait=False, cancel_futures=True)


if __name__ == "__main__":
    Builder.open(mp.get_context("fork"))
    try:
        print(Builder.build({"app": ["lib"], "lib": []}, "app"))
    finally:
        Builder.close()
