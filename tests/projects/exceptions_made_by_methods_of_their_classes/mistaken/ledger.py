from problems import Unbalanced


def total(account, entries):
    balance = sum(entries)
    if balance:
        problem = Unbalanced.of(account, balance)
        raise problem  # MP108
    return len(entries)


def book(account, entries):
    try:
        return total(account, entries)
    except TypeError:
        return 0
