"""Prices in the currency of each shop: the workers have a rate of their own, and the main program keeps the one it has."""
import multiprocessing as mp

rate = 1.0


def use_rate(value):
    global rate
    rate = value


def priced(amount):
    return round(amount * rate, 2)


class Shop:
    def __init__(self, name, rate_of_shop):
        self.name = name
        self.rate = rate_of_shop

    def prices(self, amounts):
        with mp.Pool(2, initializer=use_rate, initargs=(self.rate,)) as pool:
            return pool.map(priced, amounts)


def main():
    amounts = [1, 2.5]
    for shop in (Shop("north", 1.25), Shop("south", 0.5)):
        print(shop.name, shop.prices(amounts))
    print("at home", [priced(amount) for amount in amounts], rate)


if __name__ == "__main__":
    main()
