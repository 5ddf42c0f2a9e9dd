from .base import Fault


class DiskFull(Fault):
    def __init__(self, path, *, free):
        super().__init__(f"{path}: {free}")
        self.free = free


def disk_full(path):
    return DiskFull(path, free=0)
