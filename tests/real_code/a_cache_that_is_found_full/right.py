import multiprocessing

RULES = {}


def load(name):
    return name.upper()


def rules_of(name):
    found = RULES.get(name)
    if found is None:
        found = load(name)
        RULES.clear()
        RULES[name] = found
    return found


def check(name):
    return rules_of(name)


if __name__ == "__main__":
    print(rules_of("first"))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(check, ["first", "second"]))
