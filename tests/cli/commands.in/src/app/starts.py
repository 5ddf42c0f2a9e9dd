import multiprocessing as mp


def work():
    print("work", flush=True)


process = mp.Process(target=work)
process.start()


def main():
    process.join()
