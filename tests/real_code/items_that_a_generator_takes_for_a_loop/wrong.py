"""What is known already is passed by, and not said to be done."""

import multiprocessing as mp
import queue


def drawn(jobs):
    while True:
        try:
            yield jobs.get(timeout=2)
        except queue.Empty:
            return


def press(jobs, known):
    for job in drawn(jobs):
        if job in known:
            continue
        print(job, flush=True)
        jobs.task_done()


def main():
    jobs = mp.JoinableQueue()
    worker = mp.Process(target=press, args=(jobs, ["shirt"]), daemon=True)
    worker.start()
    for job in ("shirt", "sheet"):
        jobs.put(job)
    jobs.join()  # MP407
    worker.join(5)


if __name__ == "__main__":
    main()
