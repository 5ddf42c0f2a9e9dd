from concurrent.futures import ProcessPoolExecutor


def double(n):
    return 2 * n


def double_all(batches):
    rows = []
    with ProcessPoolExecutor() as executor:
        for batch in batches:
            rows += executor.map(double, batch)
        head, *tail = executor.map(double, rows)
        table = dict(zip(rows, executor.map(double, rows)))
    return rows, head, tail, table
