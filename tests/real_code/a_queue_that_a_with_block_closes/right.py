"""What is put within the block is put before its end."""
import multiprocessing as mp


class Feed:
    def __init__(self):
        self.jobs = mp.Queue()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.jobs.close()
        self.jobs.join_thread()

    def submit(self, job):
        self.jobs.put(job)


def consume(jobs):
    print(jobs.get(timeout=10), flush=True)


def main():
    with Feed() as feed:
        process = mp.Process(target=consume, args=(feed.jobs,), daemon=True)
        process.start()
        feed.submit("scan")
    process.join(timeout=10)


if __name__ == "__main__":
    main()
