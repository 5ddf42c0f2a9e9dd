def stop(pool):
    pool.terminate()
    pool.join()
