work = lambda n: n
