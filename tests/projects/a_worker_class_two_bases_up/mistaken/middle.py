from base import Base


class Middle(Base):
    def __init__(self, queue):  # MP205
        self.queue = queue
