from .settings import ctx


class Worker(ctx.Process):
    def __init__(self, name):  # MP205
        self.name_of_mine = name

    def run(self):
        self.result = self.name_of_mine
