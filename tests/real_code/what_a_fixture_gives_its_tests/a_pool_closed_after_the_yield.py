import multiprocessing as mp

import pytest


def square(n):
    return n * n


def put(queue):
    queue.put(1)


@pytest.fixture()
def pool():
    pool = mp.Pool(2)
    try:
        yield pool
    finally:
        pool.close()
        pool.join()


@pytest.fixture
def queue():
    return mp.Queue()


@pytest.fixture
def worker(queue):
    process = mp.Process(target=put, args=(queue,))
    process.start()
    yield process
    process.join()


def test_squares(pool):
    assert pool.map(square, [1, 2]) == [1, 4]


def test_closed_by_the_test_already(pool):
    pool.close()
    pool.join()


class TestWorker:
    def test_result(self, queue, worker):
        assert queue.get(timeout=5) == 1
        assert worker.is_alive() or worker.exitcode == 0


def test_what_is_no_fixture(unknown, pool):
    unknown(pool)
    pool.join()
