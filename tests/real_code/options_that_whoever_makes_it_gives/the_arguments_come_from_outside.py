import multiprocessing


def prepare(app, hostname):
    print(app, hostname, flush=True)


class Base:
    def __init__(self, limit=None, app=None, **options):
        self.limit = limit
        self.app = app
        self.options = options

    def start(self):
        self.on_start()


class Workers(Base):
    def on_start(self):
        self.pool = multiprocessing.Pool(processes=self.limit, initializer=prepare, **self.options)

    def on_stop(self):
        self.pool.close()
        self.pool.join()
