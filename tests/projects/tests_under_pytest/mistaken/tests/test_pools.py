from multiprocessing import Pool

from lib.pools import finish


def test_finish():
    pool = Pool(2)
    try:
        assert pool.map(abs, [-1]) == [1]
    finally:
        finish(pool)
