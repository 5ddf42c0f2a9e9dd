class Base:
    def __init__(self, name):
        self.name = name

    def connect(self, url, token=""):
        print(url, token, flush=True)
