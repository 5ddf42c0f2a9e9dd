class Problem(Exception):
    """What can be wrong with an order."""


class Stop(BaseException):
    """Ends the whole run."""
