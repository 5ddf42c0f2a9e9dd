from .kinds import Empty, Refused


def require(number, quantity):
    if quantity < 1:
        raise Empty(number, quantity)


def refuse(number):
    if number == "x":
        raise Refused(number, "no such order")
