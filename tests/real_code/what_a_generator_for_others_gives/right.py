"""Whoever draws from these has what they give."""

import multiprocessing as mp


def rest(seconds):
    return seconds


def crew(count):
    for number in range(count):
        yield mp.Process(target=rest, args=(number,))


def pools(count):
    for _ in range(count):
        yield mp.Pool(1)
