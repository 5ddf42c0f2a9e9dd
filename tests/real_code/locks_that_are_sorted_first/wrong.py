"""One lock is taken twice, whatever the order."""
import multiprocessing as mp


class Account:
    def __init__(self, name, balance):
        self.name = name
        self.lock = mp.Lock()
        self.balance = mp.Value("i", balance, lock=False)


def move(first, second, amounts):
    one = first
    for amount in amounts:
        with one.lock:
            with one.lock:  # MP502
                first.balance.value -= amount
                second.balance.value += amount


def main():
    savings, current = Account("savings", 100), Account("current", 50)
    counters = [
        mp.Process(target=move, args=(savings, current, [5, 10])),
        mp.Process(target=move, args=(current, savings, [20])),
    ]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join(30)
    for account in (savings, current):
        print(account.name, account.balance.value)


if __name__ == "__main__":
    main()
