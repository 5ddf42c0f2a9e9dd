NAMES = ("one", "two")
