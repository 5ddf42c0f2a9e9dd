class Report:
    def __init__(self):
        self.failed = []

    def add(self, process):
        if process.exitcode != 0:
            self.failed.append(process.name)
