import multiprocessing


def prepare(app, hostname):
    print(app, hostname, flush=True)


class Workers:
    def __init__(self, limit=None, **options):
        self.limit = limit
        self.options = options

    def on_start(self):
        self.pool = multiprocessing.Pool(processes=self.limit, initializer=prepare, **self.options)  # MP115

    def on_stop(self):
        self.pool.close()
        self.pool.join()


if __name__ == "__main__":
    workers = Workers(1, initargs=("app",))
    workers.on_start()
    workers.on_stop()
