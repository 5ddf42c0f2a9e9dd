from .rules import require


class Order:
    def __init__(self, number, quantity):
        self.number = number
        self.quantity = quantity

    def check(self):
        require(self.number, self.quantity)
