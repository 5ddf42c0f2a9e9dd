from .settings import ctx


class Worker(ctx.Process):
    def __init__(self, name):
        super().__init__()
        self.name_of_mine = name

    def run(self):
        self.result = self.name_of_mine
