import multiprocessing


class Base(multiprocessing.Process):
    def __init__(self, label):
        super().__init__()
        self.label = label


class Forgetful(Base):
    def __init__(self, label, items):  # MP205
        self.items = items

    class Inner(multiprocessing.Process):
        def __init__(self, items):  # MP205
            self.items = items


class Mindful(Base):
    def __init__(self, label, items):
        self.items = items
        super().__init__(label)
