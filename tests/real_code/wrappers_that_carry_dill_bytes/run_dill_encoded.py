import multiprocessing as mp

import dill


def run_dill_encoded(payload):
    function, args = dill.loads(payload)
    return function(*args)


def apply_async(pool, function, args):
    payload = dill.dumps((function, args))
    return pool.apply_async(run_dill_encoded, (payload,))


def apply_plain(pool, function, args):
    return pool.apply_async(function, args)  # MP101


def main(factor):
    with mp.Pool(2) as pool:
        job = apply_async(pool, lambda value: value * factor, (3,))
        print(job.get(timeout=10))
        plain = apply_plain(pool, lambda value: value * factor, (3,))
        print(plain.get(timeout=10))
