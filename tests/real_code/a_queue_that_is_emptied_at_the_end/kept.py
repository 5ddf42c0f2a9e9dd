"""What is there at the moment is taken for all there will be."""

import multiprocessing as mp


def work(results):
    for n in range(3):
        results.put(n)


if __name__ == "__main__":
    results = mp.Queue()
    process = mp.Process(target=work, args=(results,))
    process.start()
    found = []
    while not results.empty():  # MP403
        found.append(results.get(timeout=1))
    print(found)
    process.join(timeout=20)
