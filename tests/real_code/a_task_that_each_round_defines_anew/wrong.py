"""The function is the module's own: one pool could serve all rounds."""

import multiprocessing


def measured(pair):
    index, scale = pair
    return index * scale


def measure_all(scale):
    with multiprocessing.Pool(2) as pool:  # MP308
        return list(pool.imap_unordered(measured, [(index, scale) for index in range(3)]))


def compare(scales):
    results = []
    for scale in scales:
        results.append(measure_all(scale))
    return results


def main():
    print(compare([1, 2, 3]))


if __name__ == "__main__":
    main()
