import multiprocessing as mp


class Collector(mp.Process):
    def __init__(self, results):
        super().__init__()
        self.results = results

    def run(self):
        print(self.results.get(timeout=10))


def work(results, counter, number):
    counter.value += 1
    results.put(number)


def start_workers(results, counter):
    workers = [mp.Process(target=work, args=(results, counter, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    return workers
