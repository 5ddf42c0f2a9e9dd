"""Each learner sends to its neighbour and reads what another has sent."""

import multiprocessing as mp


class Learners:
    def __init__(self, count):
        self.queue = mp.Queue()
        self.count = count

    def run(self, data):
        for _ in range(100):
            self.queue.put(data)
            data = self.queue.get(timeout=10)


def main(count, data):
    learners = Learners(count)
    processes = [mp.Process(target=learners.run, args=(data,)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
