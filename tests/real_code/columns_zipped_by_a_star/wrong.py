"""Two columns are zipped, and the function takes one."""

from concurrent.futures import ProcessPoolExecutor


def work(data):
    return data + 1


def submit_all(function, names, numbers):
    with ProcessPoolExecutor() as executor:
        futures = [executor.submit(function, *row) for row in zip(names, numbers)]  # MP110
        return [future.result(timeout=60) for future in futures]


if __name__ == "__main__":
    print(submit_all(work, ["a", "b"], [1, 2]))
