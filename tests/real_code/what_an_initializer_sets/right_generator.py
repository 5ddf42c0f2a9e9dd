import multiprocessing
import random

_stream = random.Random()


def begin(seeds):
    global _stream
    _stream = random.Random(seeds.get(timeout=20))


def run_out(job):
    return _stream.randint(1, 2)


def main():
    seeds = multiprocessing.Queue()
    for number in range(2):
        seeds.put(number)
    with multiprocessing.Pool(2, initializer=begin, initargs=(seeds,)) as pool:
        print(pool.map(run_out, range(7)))


if __name__ == "__main__":
    main()
