import functools


class Problem(Exception):
    def __init__(self, message="", *, retry=False):
        super().__init__(message)


class Retry(Problem):
    def __init__(self, number, reason):
        super().__init__(f"{number}: {reason}", retry=True)


def guarded(function):
    @functools.wraps(function)
    def call(*args):
        try:
            return function(*args)
        except Retry as error:
            return str(error)
    return call
