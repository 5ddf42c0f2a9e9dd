from concurrent.futures import ProcessPoolExecutor


def double(n):
    return 2 * n


def double_all(batches):
    with ProcessPoolExecutor() as executor:
        for batch in batches:
            rows = executor.map(double, batch)  # MP304
    return len(batches)
