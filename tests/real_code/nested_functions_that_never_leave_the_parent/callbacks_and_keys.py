import multiprocessing as mp


def square(number):
    return number * number


def run(numbers, report):
    done = []

    def on_done(result):
        done.append(result)
        report(result)

    def on_error(error):
        report(error)

    key = lambda pair: pair[1]
    with mp.Pool(2) as pool:
        jobs = [pool.apply_async(square, (n,), callback=on_done, error_callback=on_error) for n in numbers]
        [job.wait(timeout=10) for job in jobs]
        pool.map_async(square, numbers, callback=lambda results: done.extend(results)).wait(10)
        pairs = sorted(zip(numbers, pool.map(square, sorted(numbers, key=lambda n: -n))), key=key)
    return pairs


def run_with_futures(numbers):
    from concurrent.futures import ProcessPoolExecutor

    results = {}

    def keep(future):
        results[id(future)] = future.result(timeout=1)

    with ProcessPoolExecutor() as executor:
        for number in numbers:
            executor.submit(square, number).add_done_callback(keep)
        executor.submit(square, (lambda: 3)()).add_done_callback(lambda future: future.result(timeout=1))
    return results
