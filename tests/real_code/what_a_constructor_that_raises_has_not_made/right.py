"""Where `Pool()` raises there is no pool; where it does not, the caller has it."""

import multiprocessing
import warnings


def try_pool(count):
    try:
        return multiprocessing.Pool(count)
    except OSError as error:
        if error.errno != 28:
            raise
    except ImportError:
        pass
    return None


def get_pool(count, pool=None):
    close_pool = False
    if pool is None:
        try:
            pool = multiprocessing.Pool(processes=count)
            close_pool = True
        except Exception as error:
            warnings.warn(str(error))
    return pool, close_pool
