import concurrent.futures
import multiprocessing


def path_map(function, paths, *, method="threads"):
    if method == "threads":
        executor_class = concurrent.futures.ThreadPoolExecutor
    elif method == "processes":
        executor_class = concurrent.futures.ProcessPoolExecutor
    else:
        raise ValueError(method)
    with executor_class(max_workers=2) as executor:
        return [future.result(timeout=20) for future in [executor.submit(function, path) for path in paths]]  # MP101


def write(function, items, unpack=True):
    with multiprocessing.Pool(2) as pool:
        if unpack:
            return pool.starmap(function, items)
        return pool.map(function, items)  # MP314


def area(width, height):
    return width * height


def main():
    print(path_map(lambda path: len(path), ["a", "bb"], method="processes"))
    print(write(area, [(1, 2), (3, 4)], unpack=False))


if __name__ == "__main__":
    main()
