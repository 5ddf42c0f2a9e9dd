from multiprocessing import Pool

from company.jobs.square import square
from company.pools import end

if __name__ == "__main__":
    pool = Pool(2)
    pool.map(square, range(3))
    end.stop(pool)
