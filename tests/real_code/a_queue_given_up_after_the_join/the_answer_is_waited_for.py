"""A child gives up its queue while somebody waits for what it has put."""

import multiprocessing as mp


def work(results):
    results.put("done")
    results.cancel_join_thread()  # MP412


if __name__ == "__main__":
    results = mp.Queue()
    process = mp.Process(target=work, args=(results,))
    process.start()
    print(results.get())
    process.join(timeout=20)
