def stop(pool):
    pool.join()  # MP302
