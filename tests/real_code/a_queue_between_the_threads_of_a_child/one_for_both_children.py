"""Two processes look whether there is a job, and then wait for it."""

import multiprocessing as mp


def run(jobs):
    while not jobs.empty():  # MP403
        print(jobs.get(), flush=True)


if __name__ == "__main__":
    jobs = mp.SimpleQueue()
    jobs.put(1)
    processes = [mp.Process(target=run, args=(jobs,), daemon=True) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=20)
