from project.workers import Worker

if __name__ == "__main__":
    worker = Worker("a")
    worker.start()
    worker.join(5)
