"""A child gives up its queue when those that read from it have ended."""

import multiprocessing as mp


def consume(jobs):
    for job in iter(jobs.get, None):
        print(job, flush=True)


def run(context_name):
    context = mp.get_context(context_name)
    jobs = context.Queue()
    process = context.Process(target=consume, args=(jobs,))
    try:
        process.start()
        jobs.put(1)
        jobs.put(None)
        process.join(timeout=20)
    finally:
        jobs.cancel_join_thread()
        jobs.close()


if __name__ == "__main__":
    process = mp.Process(target=run, args=("spawn",))
    process.start()
    process.join(timeout=20)
