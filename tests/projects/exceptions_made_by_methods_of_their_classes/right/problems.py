class LedgerProblem(Exception):
    template = "{0}"

    def __init__(self, account, amount):
        Exception.__init__(self, account, amount)
        self.account = account


class Unbalanced(LedgerProblem):
    template = "{0} is off by {1}"

    @classmethod
    def of(cls, *details):
        return cls(*details)
