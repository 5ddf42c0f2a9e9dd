class Report:
    def __init__(self):
        self.failed = []

    def add(self, process):
        if process.exitcode == 1:  # MP213
            self.failed.append(process.name)
