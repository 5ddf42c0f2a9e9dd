"""A pool for a while. Nothing here names the library that it comes from."""


class Session:
    def __init__(self, context, size):
        self._context = context
        self._size = size
        self._pool = None
        self.errors = []

    def __enter__(self):
        self._pool = self._context.Pool(self._size)
        return self

    def submit(self, function, *args):
        return self._pool.apply_async(function, args, error_callback=self.errors.append)

    def wait(self):
        self._pool.join()  # MP302

    def __exit__(self, kind, error, traceback):
        try:
            if kind is None:
                self.wait()
        finally:
            self._pool.terminate()
