import multiprocessing as mp

from services import Clock


def main():
    results = mp.Queue()
    clock = Clock("utc", results)
    clock.start()
    print(results.get(timeout=30), flush=True)
    clock.join(timeout=30)


if __name__ == "__main__":
    main()
