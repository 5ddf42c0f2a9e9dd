import multiprocessing


class Launcher:
    def __init__(self):
        self.ctx = multiprocessing.get_context("fork")
        self.children = []

    def launch(self, name):
        def job():
            print("job of", name, flush=True)

        child = self.ctx.Process(target=job, name=name)
        child.start()
        self.children.append(child)

    def wait(self):
        for child in self.children:
            child.join(timeout=60)


if __name__ == "__main__":
    launcher = Launcher()
    launcher.launch("index")
    launcher.wait()
