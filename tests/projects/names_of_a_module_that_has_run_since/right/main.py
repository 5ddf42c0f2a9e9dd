from jobs import Settings, Worker

if __name__ == "__main__":
    worker = Worker(Settings(2))
    worker.start()
    worker.join(10)
