import multiprocessing as mp


def produce(queue, count):
    for number in range(count):
        queue.put({"number": number, "payload": "x" * 500})


def shutdown(process):
    process.join()
    if process.exitcode:
        raise RuntimeError(f"worker ended with {process.exitcode}")


def drain(queue, count):
    return [queue.get(timeout=1) for _ in range(count)]


def launch(process):
    process.start()
    return process


def main():
    queue = mp.Queue()
    worker = launch(mp.Process(target=produce, args=(queue, 1000)))
    print(len(drain(queue, 1000)))
    shutdown(worker)


if __name__ == "__main__":
    main()
