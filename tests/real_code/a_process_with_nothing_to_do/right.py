"""A process whose target does nothing is made to ask something of it."""

from multiprocessing import Process


def may_have_children():
    process = Process(target=lambda: None)
    return not process.daemon


def nothing():
    """Only there to be named."""


def default_name():
    return Process(target=nothing).name
