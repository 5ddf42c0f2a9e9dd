class Labelled:
    def __init__(self, label):
        self.label = label


class Passing:
    def __init__(self, label, *args):
        self.label = label
        super().__init__(*args)
