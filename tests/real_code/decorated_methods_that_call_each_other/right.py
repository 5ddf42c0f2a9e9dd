"""An account whose methods are guarded by a decorator."""
import functools
import multiprocessing as mp


def guarded(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        with self.lock:
            return method(self, *args)

    return wrapper


class Account:
    def __init__(self, balance):
        self.lock = mp.RLock()
        self.balance = mp.Value("i", balance, lock=False)

    @guarded
    def withdraw(self, amount):
        self.balance.value -= amount

    @guarded
    def charge(self, amount, fee):
        if self.balance.value >= amount + fee:
            self.withdraw(amount)
            self.withdraw(fee)


def customer(account, amount):
    account.charge(amount, 1)
    print("charged", amount, flush=True)


def main():
    account = Account(100)
    customers = [mp.Process(target=customer, args=(account, amount), daemon=True) for amount in (10, 20)]
    for process in customers:
        process.start()
    for process in customers:
        process.join(timeout=2)
    print("balance", account.balance.value)


if __name__ == "__main__":
    main()
