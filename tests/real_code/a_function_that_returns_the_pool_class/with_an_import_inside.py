def get_executor_class():
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor


def get_pool_class():
    try:
        from multiprocessing import Pool
    except ImportError:
        from multiprocessing.dummy import Pool
    return Pool


def encode(text, errors="strict"):
    return text.encode("utf-8", errors)


def encode_all(texts, counts):
    Executor = get_executor_class()
    with Executor(max_workers=2) as executor:
        executor.submit(encode, (count for count in counts))  # MP102 MP304
        executor.submit(encode("a"))  # MP106
        return list(executor.map(encode, texts))


def encode_in_pool(texts):
    pool = get_pool_class()(2)  # MP301
    return pool.map(encode, texts)


def encode_in_closed_pool(texts):
    pool = get_pool_class()(2)
    try:
        return pool.map(encode, texts)
    finally:
        pool.terminate()
