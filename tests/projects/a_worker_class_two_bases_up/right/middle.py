from base import Base


class Middle(Base):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue
