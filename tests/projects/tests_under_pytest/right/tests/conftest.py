import multiprocessing

import pytest

multiprocessing.set_start_method("spawn")


@pytest.fixture
def pool():
    pool = multiprocessing.Pool(2)
    yield pool
    pool.terminate()
