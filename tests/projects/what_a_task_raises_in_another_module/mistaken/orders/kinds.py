from . import problems


class Empty(problems.Problem):
    def __init__(self, number, quantity):
        super().__init__(f"{number} has {quantity}")
        self.number = number


class Refused(problems.Stop):
    pass
