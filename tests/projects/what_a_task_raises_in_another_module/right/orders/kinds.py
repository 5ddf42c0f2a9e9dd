from . import problems


class Empty(problems.Problem):
    def __init__(self, number, quantity):
        super().__init__(number, quantity)
        self.number = number


class Refused(problems.Stop):
    def __init__(self, number, reason):
        super().__init__(f"{number}: {reason}")
