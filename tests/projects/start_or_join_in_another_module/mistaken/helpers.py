def start_all(workers):
    for worker in workers:
        worker.start()


def join_all(workers):
    for worker in workers:
        worker.join(5)  # MP203
