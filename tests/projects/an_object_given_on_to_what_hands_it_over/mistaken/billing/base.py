class Setup:
    def __init__(self, region):
        self.region = region

    def connect(self, url, token):
        self.url = f"{url}/{self.region}?{token}"
