from multiprocessing import Process, Queue

from workers import produce

if __name__ == "__main__":
    queue = Queue()
    process = Process(target=produce, args=(queue, 10))
    process.start()
    process.join()  # MP401
    while not queue.empty():
        print(len(queue.get(timeout=5)))
