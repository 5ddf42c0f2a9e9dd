import multiprocessing as mp


def sell(orders, number):
    print("order", orders.get(), number, flush=True)


if __name__ == "__main__":
    orders = mp.Queue()
    seller = mp.Process(target=sell, args=(orders, 1))
    seller.start()
    seller.join(timeout=5)  # the last one
    if seller.is_alive():
        seller.kill()
        seller.join()
    with mp.Pool(2) as pool:
        pool.map(abs, [-1, 2])
        pool.close()
        pool.join()
