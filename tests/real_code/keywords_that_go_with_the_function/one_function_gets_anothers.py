import multiprocessing


def shared(worker, buffers):
    print(worker, buffers, flush=True)


def start(kwargs):
    kwargs["consolidate"] = True
    process = multiprocessing.Process(target=shared, kwargs=kwargs)  # MP110
    process.start()
    process.join(timeout=5)


if __name__ == "__main__":
    start({"worker": 1, "buffers": []})
