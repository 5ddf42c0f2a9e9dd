"""Each learner sends what nobody reads before it has ended."""

import multiprocessing as mp


class Learners:
    def __init__(self):
        self.queue = mp.Queue()

    def run(self, data):
        for _ in range(100):
            self.queue.put(data)


def main(count, data):
    learners = Learners()
    processes = [mp.Process(target=learners.run, args=(data,)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()  # MP401
    return learners.queue.get(timeout=1)
