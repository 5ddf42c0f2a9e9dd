NAMES = ("only",)
