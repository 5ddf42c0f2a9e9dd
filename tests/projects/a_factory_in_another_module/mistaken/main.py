from factory import make


def work(n):
    return n


if __name__ == "__main__":
    process = make(work, 3)
    process.start()
    process.join(5)
