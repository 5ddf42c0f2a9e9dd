import service

if __name__ == "__main__":
    service.begin()
    service.POOL.map(abs, range(3))
    service.wait()
