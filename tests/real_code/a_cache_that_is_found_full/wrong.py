import multiprocessing

RULES = {}


def load(name):
    return name.upper()


def learn(name):
    RULES[name] = load(name)


def check(name):
    return RULES.get(name)  # MP704


if __name__ == "__main__":
    learn("first")
    with multiprocessing.Pool(2) as pool:
        print(pool.map(check, ["first", "second"]))
