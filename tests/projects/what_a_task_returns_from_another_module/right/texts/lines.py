class Lines:
    def __init__(self, text):
        self.lines = text.splitlines()

    def longer_than(self, length):
        return [line for line in self.lines if len(line) > length]
