"""Each item is said to be done, by the loop or by the generator itself."""

import multiprocessing as mp
import queue


def drawn(jobs):
    while True:
        try:
            yield jobs.get(timeout=2)
        except queue.Empty:
            return


def finished(jobs):
    while True:
        try:
            job = jobs.get(timeout=2)
        except queue.Empty:
            return
        try:
            yield job
        finally:
            jobs.task_done()


def press(jobs, known):
    for job in drawn(jobs):
        if job in known:
            jobs.task_done()
            continue
        print(job, flush=True)
        jobs.task_done()


def iron(jobs, known):
    for job in finished(jobs):
        if job in known:
            continue
        print(job, flush=True)


def main():
    for work in (press, iron):
        jobs = mp.JoinableQueue()
        worker = mp.Process(target=work, args=(jobs, ["shirt"]), daemon=True)
        worker.start()
        for job in ("shirt", "sheet"):
            jobs.put(job)
        jobs.join()
        worker.join(5)


if __name__ == "__main__":
    main()
