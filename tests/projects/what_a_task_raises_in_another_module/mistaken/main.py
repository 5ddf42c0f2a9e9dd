import multiprocessing as mp

from orders import Order, process


def checked(order):
    order.check()
    return process(order)


def main():
    with mp.Pool(2) as pool:
        print(pool.map(checked, [Order("a", 1), Order("b", 0)]))


if __name__ == "__main__":
    main()
