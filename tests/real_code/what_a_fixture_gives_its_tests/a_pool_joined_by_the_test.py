import multiprocessing as mp

import pytest


def square(n):
    return n * n


@pytest.fixture(params=["fork", "spawn"])
def context(request):
    return mp.get_context("spawn")


@pytest.fixture
def pool(context):
    pool = context.Pool(2)
    yield pool
    pool.terminate()
    pool.join()


def test_squares(pool):
    assert pool.map(square, [1, 2]) == [1, 4]
    pool.join()  # MP302


def test_a_lambda(pool):
    assert pool.map(lambda n: n * n, [1, 2]) == [1, 4]  # MP101
