from billing import Biller, open_pool
from billing.setup import RegionSetup


def main():
    with open_pool(RegionSetup("eu"), "db://billing") as pool:
        print(pool.map(len, ["a", "bc"]))
    print(Biller(setup=RegionSetup("us")).bill(["a"]))


if __name__ == "__main__":
    main()
