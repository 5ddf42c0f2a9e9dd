from jobs import Collector, start_workers
import multiprocessing as mp


def main():
    results = mp.Queue()
    counter = mp.Value("i", 0)
    workers = start_workers(results, counter)
    collector = Collector(results)
    collector.start()
    for worker in workers:
        worker.join(10)
    collector.join(10)


if __name__ == "__main__":
    main()
