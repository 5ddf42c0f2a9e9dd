import multiprocessing

import pytest


@pytest.fixture
def pool():
    pool = multiprocessing.Pool(2)
    yield pool
    pool.terminate()
