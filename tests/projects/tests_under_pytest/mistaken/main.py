import multiprocessing

from lib.pools import finish

multiprocessing.set_start_method("spawn")  # MP003

if __name__ == "__main__":
    pool = multiprocessing.Pool(2)
    finish(pool)
