limits = []


def convert(number, base):
    print(number, base, limits, flush=True)
