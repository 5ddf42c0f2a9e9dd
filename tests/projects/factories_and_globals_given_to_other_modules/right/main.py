import multiprocessing

import registry
from launching import launch


def work():
    print("work", flush=True)


def main():
    launch(lambda: multiprocessing.Process(target=work))
    launch(multiprocessing.Process, target=work)
    registry.RUNNING["work"] = multiprocessing.Process(target=work)
    registry.LAST = multiprocessing.Process(target=work)
    registry.settle()


if __name__ == "__main__":
    main()
