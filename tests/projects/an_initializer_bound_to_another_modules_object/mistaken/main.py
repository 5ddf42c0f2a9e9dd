import multiprocessing as mp
from functools import partial
from conf import config
from conf.config import TENANTS, Tenant


def main():
    with mp.Pool(1, initializer=config.setup.connect, initargs=("u",)) as pool:  # MP115
        pool.map(len, ["a"])
    with mp.Pool(1, initializer=partial(Tenant("x").connect, "u")) as pool:  # MP115
        pool.map(len, ["a"])
    tenant = next(iter(TENANTS))
    with mp.Pool(1, tenant.connect, ("u",)) as pool:  # MP115
        pool.map(len, ["a"])
    with mp.Pool(1, config.get("x").connect, ("u",)) as pool:  # MP115
        pool.map(len, ["a"])


if __name__ == "__main__":
    main()
