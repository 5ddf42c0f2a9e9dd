step = lambda n: n + 1
