import multiprocessing as mp
import sys

MP_CONTEXT = mp.get_context("fork" if sys.platform.startswith("linux") else "spawn")
Process = MP_CONTEXT.Process
Queue = MP_CONTEXT.Queue


def produce(queue, rows):
    for row in rows:
        queue.put([row] * 1000)


def collect(rows):
    queue = Queue()
    producer = Process(target=produce, args=(queue, rows))
    producer.start()
    producer.join()  # MP401
    return [queue.get(timeout=5) for _ in rows]


def collect_well(rows):
    queue = Queue()
    producer = Process(target=produce, args=(queue, rows))
    producer.start()
    result = [queue.get(timeout=5) for _ in rows]
    producer.join(timeout=5)
    return result


if __name__ == "__main__":
    print(collect(range(300)), collect_well(range(300)))
