import multiprocessing


class Task:
    def __init__(self, name):
        self.name = name

    def run(self):
        print(self.name, flush=True)


class Process(Task, multiprocessing.Process):
    def __init__(self, name):
        Task.__init__(self, name)
        multiprocessing.Process.__init__(self, name=name)


class Broken(multiprocessing.Process, Task):
    def __init__(self, label):  # MP205
        self.label = label


def main():
    task = Task("task")
    task.run()
    broken = Broken("broken")
    broken.start()


if __name__ == "__main__":
    main()
