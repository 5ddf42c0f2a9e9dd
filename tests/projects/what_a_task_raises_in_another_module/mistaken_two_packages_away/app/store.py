from contextlib import contextmanager

from app import faults


class Target:
    def write(self, number):
        if number > 1:
            raise faults.DiskFull("x", free=0)  # MP108


class Store:
    @contextmanager
    def opened(self):
        self.check()
        yield Target()

    def check(self):
        if not self:
            raise faults.disk_full("y")  # MP108
