import multiprocessing as mp
import threading


def work(*args):
    print(len(args), flush=True)


def arguments(number):
    yield number
    yield number + 1


def pair(number):
    return number, number + 1


def start(target, args=(), kwargs=None):
    process = mp.Process(target=target, args=args, kwargs=kwargs or {})
    process.start()
    process.join(timeout=5)


def main(options):
    args = (1, 2)
    start(work, args=args)
    start(work, [1, 2])
    start(work, args=pair(3))
    start(work, args=options.args)
    start(work, args=range(3))
    start(work, args=arguments(3))
    start(work, args={1: 2}.values())
    start(work, args=("x",) * 2)
    start(work, args=tuple(options.names) + ("more",))
    start(work, args=((3,)))
    args = [options]
    args.append("more")
    start(work, args)


if __name__ == "__main__":
    import argparse

    main(argparse.Namespace(args=(1,), names=["a"], single=False))
