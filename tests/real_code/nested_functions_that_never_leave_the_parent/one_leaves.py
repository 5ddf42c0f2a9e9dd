import multiprocessing as mp


def run(numbers):
    def on_done(result):
        print("done", result)

    def square(number):
        return number * number

    with mp.Pool(2) as pool:
        job = pool.apply_async(square, (3,), callback=on_done)  # MP101
        return job.get(timeout=10)
