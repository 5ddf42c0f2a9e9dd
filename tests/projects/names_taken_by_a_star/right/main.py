from tools import *

if __name__ == "__main__":
    pool = new_pool()
    pool.map(abs, range(3))
    finish(pool)
    pool.join()
