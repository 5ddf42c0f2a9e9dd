from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
import multiprocessing.pool
import threading


def fetch_all(urls, session, timeout):
    lock = threading.Lock()

    def fetch(url):
        with lock:
            return session.get(url, timeout=timeout)

    with ThreadPool(8) as pool:
        first = pool.map(fetch, urls)
    with ThreadPoolExecutor(max_workers=8) as executor:
        second = list(executor.map(lambda url: fetch(url), urls))
        third = executor.submit(fetch, lock)
    threads = multiprocessing.pool.ThreadPool(processes=2)
    try:
        fourth = list(threads.imap_unordered(lambda pair: pair[0], ((url, lock) for url in urls)))
    finally:
        threads.close()
        threads.join()
    return first, second, third, fourth


results = ThreadPool(2).map(lambda n: n + 1, range(3))
