STEPS = {"upper": lambda text: text.upper()}


class Steps:
    lower = staticmethod(lambda text: text.lower())
