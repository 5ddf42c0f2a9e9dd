import multiprocessing as mp


def crunch(start, stop, results):
    results.put([number * number for number in range(start, stop)])


def main():
    results = mp.Queue()
    jobs = []
    for index in range(4):
        job = mp.Process(target=crunch, args=(index * 10_000, (index + 1) * 10_000, results))
        jobs.append(job)
        job.start()
    total = 0
    for _ in jobs:
        total += len(results.get(timeout=60))
    for job in jobs:
        job.join()
    print(total)


if __name__ == "__main__":
    main()
