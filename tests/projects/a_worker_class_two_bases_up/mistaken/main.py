from multiprocessing import Queue

from middle import Middle


class Worker(Middle):
    def run(self):
        self.queue.put(1)


if __name__ == "__main__":
    queue = Queue()
    worker = Worker(queue)
    worker.start()
    print(queue.get(timeout=5))
    worker.join(5)
