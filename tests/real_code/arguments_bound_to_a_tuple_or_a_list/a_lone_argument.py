import multiprocessing as mp


def work(*args):
    print(len(args), flush=True)


def start(number, path):
    args = (number * 2 + 1) if False else 7
    process = mp.Process(target=work, args=args)  # MP107
    process.start()
    process.join(timeout=5)
    name = f"worker of {path}"
    other = mp.Process(target=work, args=(name))  # MP107
    other.start()
    other.join(timeout=5)
    with mp.Pool(1) as pool:
        pool.apply_async(work, args=(len(path)))  # MP107
        pool.apply_async(work, args=[len(path)])


if __name__ == "__main__":
    start(1, "path")
