import csv
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, repeat


def parse(line):
    return line.split(",")


def add(left, right):
    return left + right


def batches(lines, size):
    lines = iter(lines)
    while batch := list(islice(lines, size)):
        yield batch


def run(path):
    with open(path) as handle, mp.Pool(4) as pool:
        first = pool.map(parse, handle, chunksize=4)
        second = list(pool.imap(parse, (line.strip() for line in handle)))
        third = pool.map(len, batches(handle, 100))
        rows = csv.reader(handle)
        fourth = list(pool.imap_unordered(len, rows))
        sums = pool.starmap(add, zip(range(3), repeat(1)))
        named = pool.map(str, {"a": 1}.keys())
        numbers = pool.map(abs, iter([1, 2]))
    with open(path) as handle, ProcessPoolExecutor() as executor:
        fifth = list(executor.map(parse, handle))
        sixth = list(executor.map(add, (number for number in range(3)), repeat(2)))
    return first, second, third, fourth, fifth, sixth, sums, named, numbers
