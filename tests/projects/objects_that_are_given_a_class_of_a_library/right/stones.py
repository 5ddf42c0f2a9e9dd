class Stones:
    def __init__(self, make, size):
        self._inner = make(size)

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def halt(self):
        self.close()
        self._inner.join()
