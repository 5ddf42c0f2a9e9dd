"""What is read from the other side is a truth value, as the rest of the function shows."""

import multiprocessing as mp


def probe(devices, answers, results):
    for device in devices:
        success = answers.get(timeout=10)
        if device < 0:
            success = False
        results.put(success)


def main(devices):
    answers, results = mp.Queue(), mp.Queue()
    for device in devices:
        answers.put(device > 0)
    child = mp.Process(target=probe, args=(devices, answers, results))
    child.start()
    child.join()
    return [results.get(timeout=10) for _ in devices]
