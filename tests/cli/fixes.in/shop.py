import multiprocessing as mp


def sell(orders, number):
    print("order", orders.get(), number)


if __name__ == "main":
    orders = mp.Queue()
    seller = mp.Process(target=sell, args=(orders, 1))
    seller.start()
    seller.join()  # the last one
    with mp.Pool(2) as pool:
        pool.map(abs, [-1, 2])
        pool.join()
