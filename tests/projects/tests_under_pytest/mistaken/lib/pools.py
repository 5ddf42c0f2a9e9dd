def finish(pool):
    pool.join()  # MP302
