try:
    import multiprocess as mp
    from multiprocess.pool import Pool
except ImportError:
    import multiprocessing as mp
    from multiprocessing.pool import Pool


def main():
    with Pool(2) as pool:
        print(pool.map(lambda n: n * n, [1, 2]), flush=True)
    worker = mp.Process(target=lambda: print("lambda", flush=True))
    worker.start()
    worker.join(timeout=30)


if __name__ == "__main__":
    main()
