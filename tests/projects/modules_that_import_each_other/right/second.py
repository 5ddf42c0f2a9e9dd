import first


def limit(n):
    return min(n, 3)


def run(process):
    process.start()
    process.join(5)


def everything():
    first.begin()
