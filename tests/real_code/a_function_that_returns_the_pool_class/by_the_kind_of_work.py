import multiprocessing
import multiprocessing.pool


def pool_class(threads):
    if threads:
        return multiprocessing.pool.ThreadPool
    return multiprocessing.Pool


def parse(line):
    return line.split()


def read(lines):
    pool = pool_class(False)(4)
    rows = pool.map(lambda line: line.split(), lines)  # MP101
    pool.close()
    return rows


def read_in_threads(lines):
    pool = pool_class(True)(4)
    rows = pool.map(lambda line: line.split(), lines)
    pool.close()
    return rows


def read_well(lines):
    pool = pool_class(False)(4)
    rows = pool.map(parse, lines)
    pool.close()
    return rows
