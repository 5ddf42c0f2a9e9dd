from multiprocessing import Pool as ProcessPool


def report(lines):
    with ProcessPool(2) as pool:
        pool.map(print, lines)  # MP801


def report_at_once(lines):
    with ProcessPool(2) as pool:
        pool.map(show, lines)


def show(line):
    print(line, flush=True)
