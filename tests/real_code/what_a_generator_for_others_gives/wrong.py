"""What it does not give is nobody's."""

import multiprocessing as mp


def rest(seconds):
    return seconds


def crew(count):
    for number in range(count):
        process = mp.Process(target=rest, args=(number,))  # MP203
        yield number
