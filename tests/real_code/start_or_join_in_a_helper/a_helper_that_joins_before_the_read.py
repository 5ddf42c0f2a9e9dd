import multiprocessing as mp


def produce(queue, count):
    for number in range(count):
        queue.put({"number": number, "payload": "x" * 500})


def shutdown(process):
    process.join()  # MP401
    if process.exitcode:
        raise RuntimeError(f"worker ended with {process.exitcode}")


def main():
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue, 1000))
    worker.start()
    shutdown(worker)
    while not queue.empty():
        print(queue.get(timeout=1))


if __name__ == "__main__":
    main()
